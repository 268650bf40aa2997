import type { Page } from 'playwright-core';
import { barriersIn, describeInBrowser, watched, type Watched } from './browser';
import { consoleSystem } from './console-system';

const hostile = '<img src="x" onerror="document.title=1"><script>document.title=1</script>';
const noMarkup = async (page: Page) => {
  expect(await page.locator('main img, main script, dialog img, dialog script').count()).toBe(0);
  expect(await page.title()).not.toBe('1');
};

describeInBrowser('The console of a system that somebody has to see to', (browser) => {
  let system: Awaited<ReturnType<typeof consoleSystem>>;
  const all: Watched[] = [];
  const open = async (path = '/') => {
    const seen = await watched(browser(), system.url);
    all.push(seen);
    await seen.page.goto(`${system.url}/console#${path}`);
    return seen.page;
  };
  const place = async (page: Page) => {
    await page.getByRole('button', { name: 'Approved', exact: true }).click();
    const row = page.locator('.placed li').first();
    await row.getByRole('link').waitFor();
    return row;
  };
  /** Fills in who and why, looks what it would do, and does it. */
  const act = async (page: Page, { who = 'Ada', reason = 'it is mended' } = {}) => {
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Who acts').fill(who);
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'See what it would do' }).click();
    await dialog.getByText('Nothing is done yet.').waitFor();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    return dialog;
  };

  afterEach(async () => {
    for (const { page, strangers, faults } of all.splice(0)) {
      await page.context().close();
      expect(strangers).toEqual([]);
      // A lost race, a token that lacks and what nobody knows are answers, which a browser notes as errors.
      expect(faults.filter((fault) => !/status of (401|404|409)/.test(fault))).toEqual([]);
    }
    await system.close();
  });

  test('while the kitchen is silent an order waits, its deadline does its work, and the kitchen ends it', async () => {
    system = await consoleSystem({ deadlineMs: 10_000 });
    const page = await open();
    await page.getByLabel('The kitchen is silent').check();
    await page.getByText('kitchen handles nothing now').waitFor();
    await page.getByText('2 topics are paused in kitchen').waitFor();
    const row = await place(page);
    await row.getByText('running at CreateTicket').waitFor();
    await page.locator('.node', { hasText: 'CreateTicket' }).locator('text.count').getByText('1').waitFor();
    await row.getByText('compensating at CreateTicket').waitFor();
    await page.locator('.node', { hasText: 'RejectTicket' }).locator('text.count').getByText('1').waitFor();
    await row.getByRole('link').click();
    await page.locator('.message.awaited', { hasText: '↩ RejectTicket' }).waitFor();
    await page.locator('.countdown').waitFor();
    await page.goBack();
    await page.getByLabel('The kitchen is silent').uncheck();
    await page.getByText('rejected: DEADLINE_EXCEEDED').waitFor();
    await page.getByText('Nothing needs anybody.').waitFor();
  });

  test('what a bug has parked is shown as it is, and is handled once the bug is mended', async () => {
    system = await consoleSystem();
    system.kitchenFails(hostile);
    const page = await open();
    const row = await place(page);
    await page.getByRole('link', { name: '1 message is parked in kitchen' }).click();
    await page.getByRole('region', { name: 'unprocessable on order-to-kitchen-ticket-creation' }).waitFor();
    await page.getByText(hostile).waitFor();
    expect(await barriersIn(page)).toEqual([]);
    await page.getByRole('button', { name: /^Look / }).click();
    await page.getByRole('dialog').getByText('"quantity": 2').waitFor();
    await page.getByRole('button', { name: /^Show its \d+ bytes/ }).click();
    await page.getByRole('heading', { name: 'Its bytes' }).waitFor();
    await noMarkup(page);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^Replay [0-9a-f]/ }).click();
    await (await act(page)).getByText('Done: it handles it again').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('parked 2 times').waitFor(); // the bug is still there

    system.kitchenFails();
    await page.getByRole('button', { name: 'Replay it' }).click();
    await (await act(page)).getByText('Replayed 1 of 1.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is parked.').waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    await row.getByText('completed', { exact: true }).waitFor();
  });

  test('a group is replayed one by one, and stops when it is told to', async () => {
    system = await consoleSystem();
    system.kitchenFails('no');
    const page = await open();
    for (let orders = 0; orders < 3; orders++) await place(page);
    await page.getByRole('link', { name: '3 messages are parked in kitchen' }).click();
    system.kitchenFails();
    let stop: (() => void) | undefined;
    const isHeld = new Promise<void>((resolve) => (stop = resolve));
    let replays = 0;
    await page.route('**/replay', async (route) => {
      if (/"version"/.test(route.request().postData() ?? '') && ++replays === 2) await isHeld;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Replay all 3' }).click();
    const dialog = await act(page);
    await dialog.getByText('1 of 3 replayed').waitFor();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    stop!();
    await dialog.getByText('Replayed 2 of 3; 1 left as they were.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Replay it' }).waitFor();
  });

  test('a saga that is paused says so and waits, and goes on when it is resumed', async () => {
    system = await consoleSystem();
    const page = await open();
    await page.getByLabel('The kitchen is silent').check();
    await page.getByText('kitchen handles nothing now').waitFor();
    const row = await place(page);
    await row.getByText('running at CreateTicket').waitFor();
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await (await act(page, { reason: 'the cook is late' })).getByText('Done:').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('an operator has paused it').waitFor();
    await page.getByText('pause by Ada: the cook is late').waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    await page.getByLabel('The kitchen is silent').uncheck();
    await page.getByText('kitchen handles nothing now').waitFor({ state: 'detached' });
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await (await act(page)).getByText('Done:').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('It has ended: completed.').waitFor();
  });

  test('who loses a race is told how it stands, and what was done is in the audit, as text', async () => {
    system = await consoleSystem();
    const page = await open();
    await page.getByLabel('The kitchen is silent').check();
    await (await place(page)).getByRole('link').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel ORDER_CREATION' });
    await dialog.getByLabel('Who acts').fill(hostile);
    await dialog.getByLabel('Reason').fill(hostile);
    await dialog.getByRole('button', { name: 'See what it would do' }).click();
    await dialog.getByText('compensates with RejectTicket').waitFor();
    expect(await barriersIn(page)).toEqual([]);

    const other = await open(new URL(page.url()).hash.slice(1));
    await other.getByRole('button', { name: 'Compensate' }).click();
    await (await act(other, { who: hostile, reason: hostile })).getByText('Done:').waitFor();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await dialog.getByText('it has moved on meanwhile: it is compensating at CreateTicket').waitFor();
    await dialog.getByRole('button', { name: 'Look again' }).click();
    await dialog.getByText('it is being compensated already').waitFor();
    await noMarkup(page);

    await page.keyboard.press('Escape');
    await page.getByText(`compensate by ${hostile}: ${hostile}`).waitFor(); // in the story
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.locator('tr', { hasText: 'compensate' }).getByText(hostile).first().waitFor();
    await noMarkup(page);
  });

  test('an instance is found by its txId, and a txId that nobody knows is said to be unknown', async () => {
    system = await consoleSystem();
    const page = await open();
    const txId = (await (await place(page)).getByRole('link').textContent())!;
    const search = page.getByLabel('Find an instance by its txId');
    await search.fill(txId);
    await search.press('Enter');
    await page.locator('.instance').getByText('It has ended: completed.').waitFor();
    await page.goto(`${system.url}/console#/sagas?status=completed`);
    await page.getByRole('link', { name: txId }).waitFor();
    await page.getByLabel('Status').selectOption('rejected');
    await page.getByText('There are none.').waitFor();
    await search.fill('nobody');
    await search.press('Enter');
    await page.getByText('Nobody here knows nobody.').waitFor();
    await page.goto(`${system.url}/console#/find/%`);
    await page.getByText('Nobody here knows %.').waitFor();
  });

  test('whoever has gone elsewhere while an instance is looked for stays there', async () => {
    system = await consoleSystem();
    const page = await open();
    const txId = (await (await place(page)).getByRole('link').textContent())!;
    const instance = `${system.url}/admin/services/order/sagas/ORDER_CREATION/${txId}`;
    let leave = () => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    await page.route(instance, async (route) => {
      await left;
      await route.continue();
    });
    const asked = page.waitForRequest(instance);
    const answered = page.waitForResponse(instance);
    const search = page.getByLabel('Find an instance by its txId');
    await search.fill(txId);
    await search.press('Enter');
    await asked;
    await page.getByRole('link', { name: 'Sagas' }).click();
    await page.getByRole('link', { name: txId }).waitFor();
    leave();
    await (await answered).finished();
    await page.evaluate('new Promise((soon) => setTimeout(soon))'); // the page has done what it does with the answer
    expect(new URL(page.url()).hash).toBe('#/sagas');
  });

  test('with a token the page asks for it, and sends it as a bearer', async () => {
    system = await consoleSystem({ adminToken: 'a-token-of-some-length' });
    const page = await open();
    await page.getByLabel('Token').fill('another');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Token needed').waitFor();
    await page.getByLabel('Token').fill('a-token-of-some-length');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Approved', exact: true }).click();
    await page.locator('.placed').getByText('completed', { exact: true }).waitFor();
    expect(page.url()).not.toContain('a-token');
  });
});
