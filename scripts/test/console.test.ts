import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { EmbeddedSystem } from '../src/trial/embedded-system';
import { barriersIn, describeInBrowser, tabTo, watched, type Watched } from './browser';

const bytesMax = 100_000;
const views = ['/', '/sagas', '/parked', '/topology', '/audit'];
const endings = [
  ['Approved', 'completed'],
  ['Refused: the user is abnormal', 'rejected: USER_ABNORMAL'],
  ['Refused: sold out', 'rejected: SOLD_OUT'],
  ['Refused: too dear', 'rejected: REJECT_DURING_PAYMENT'],
  ['Refused by the pivot: withdrawn', 'rejected: WITHDRAWN'],
] as const;

describeInBrowser('The console of the order system, as it is started', (browser) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  const system = new EmbeddedSystem(folder, 3_391);
  const all: Watched[] = [];
  const open = async (path = '/', options = {}) => {
    const seen = await watched(browser(), system.url, options);
    all.push(seen);
    await seen.page.goto(`${system.url}/console#${path}`);
    await seen.page.getByText('Live', { exact: true }).waitFor();
    return seen.page;
  };
  const placed = (page: Page, label: string) => page.locator('.placed li', { hasText: label });

  beforeAll(() => system.start());
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    const watching = all.splice(0);
    for (const { page, strangers, faults } of watching) {
      await page.context().close();
      expect(strangers).toEqual([]); // nobody but the service is asked for anything
      expect(faults).toEqual([]); // neither an error, nor anything that the page's own policy forbids
    }
  });

  test('a button places each of the five orders, and each is followed to its end', async () => {
    const page = await open();
    for (const [label, ending] of endings) {
      await page.getByRole('button', { name: label, exact: true }).click();
      await placed(page, label).getByText(ending, { exact: true }).waitFor();
    }
    await page.locator('.end.completed').getByText('1', { exact: true }).waitFor();
    await page.locator('.end.rejected').getByText('4', { exact: true }).waitFor();
    await page.locator('.refusals').getByText('SOLD_OUT').waitFor();
    await page.getByText('Nothing needs anybody.').waitFor();
  });

  test('an order that was withdrawn is told as messages between services, with its compensations', async () => {
    const page = await open();
    const [label, ending] = endings[4];
    await page.getByRole('button', { name: label }).click();
    await placed(page, label).getByText(ending).waitFor();
    await placed(page, label).getByRole('link').click();
    await page.getByRole('heading', { name: 'ORDER_CREATION' }).waitFor();
    await page.locator('.instance .callout').getByText('It has ended: rejected, WITHDRAWN at ApproveTicket.').waitFor();
    const names = await page.locator('.message .name').allTextContents();
    expect(names).toEqual([
      ...['CheckUser', 'UserChecked', 'CreateTicket', 'TicketCreated', 'Pay', 'PaymentApproved', 'ApproveTicket'],
      '✕ WITHDRAWN',
      ...['↩ RefundPayment', '↩ PaymentRefunded', '↩ RejectTicket', '↩ TicketRejected'],
    ]);
    expect(await page.locator('.participant text').allTextContents()).toEqual(['order', 'user', 'kitchen', 'payment']);
    expect(await page.locator('details tbody tr').count()).toBe(12);
    for (const [kind, part] of [
      ['SVG', '↩ RefundPayment'],
      ['text', 'order → payment  ↩ RefundPayment'],
    ]) {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: `Save as ${kind}` }).click();
      const chunks: Buffer[] = [];
      for await (const chunk of await (await saved).createReadStream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toContain(part);
    }
  });

  test('whoever has no mouse places an order, follows it, looks at a message and pauses a topic', async () => {
    const page = await open();
    const { keyboard } = page;
    await tabTo(page, '#place-0');
    await keyboard.press('Enter');
    await placed(page, 'Approved').getByText('completed', { exact: true }).waitFor();
    await tabTo(page, '.placed a');
    await keyboard.press('Enter');
    await page.locator('.message').first().waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await tabTo(page, '.message');
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'CheckUser' }).getByText('order-to-user-status').waitFor();
    await page.getByRole('dialog').getByText('"userId": 1').waitFor(); // what it says
    await keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.getAttribute("class")')).toContain('message');

    await page.reload();
    await tabTo(page, '#views a[href="#/topology"]');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause order-to-user-status in user' }).waitFor();
    for (const [verb, state] of [
      ['Pause', 'visible'],
      ['Resume', 'detached'],
    ] as const) {
      await tabTo(page, `[aria-label="${verb} order-to-user-status in user"]`);
      await keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: `${verb} a topic` });
      await dialog.waitFor();
      await tabTo(page, '#field-who-acts');
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type('Ada');
      await keyboard.press('Tab');
      await keyboard.type('no mouse');
      await keyboard.press('Enter');
      await dialog.getByText('Nothing is done yet.').waitFor();
      await keyboard.press('Enter'); // "Do it" has the focus
      await dialog.getByText('Done:').waitFor();
      await keyboard.press('Enter'); // so has "Close"
      await page.locator('.pill', { hasText: 'paused' }).waitFor({ state });
    }
  });

  test.each(['light', 'dark'] as const)('nothing keeps people out, in %s colours', async (colorScheme) => {
    const page = await open('/', { colorScheme });
    await page.getByRole('button', { name: 'Approved', exact: true }).click();
    await placed(page, 'Approved').getByText('completed', { exact: true }).waitFor();
    const story = (await placed(page, 'Approved').getByRole('link').getAttribute('href'))!.slice(1);
    for (const view of [...views, story]) {
      await page.goto(`${system.url}/console#${view}`);
      await page.locator('#body > *').first().waitFor();
      await page.getByText('The services are being asked.').waitFor({ state: 'detached' });
      expect({ view, barriers: await barriersIn(page) }).toEqual({ view, barriers: [] });
    }
    await page.locator('.message').first().press('Enter');
    await page.getByRole('dialog', { name: 'CheckUser' }).waitFor();
    expect(await barriersIn(page)).toEqual([]);
  });

  test('all of it is small', async () => {
    await open();
    const { bytes } = all[0]!;
    const total = (await Promise.all(bytes.values())).reduce((sum, each) => sum + each, 0);
    console.log(`The console is ${bytes.size} files of ${total} bytes`);
    expect(bytes.size).toBeGreaterThan(10);
    expect(total).toBeLessThan(bytesMax);
  });

  test('when the services go away the page says so, and goes on by itself once they are back', async () => {
    const page = await open();
    await system.kill();
    await page.getByText('No connection').waitFor();
    await page.getByText('order cannot be asked: nobody answers.').waitFor();
    await system.start();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('cannot be asked').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Approved', exact: true }).click();
    await placed(page, 'Approved').getByText('completed', { exact: true }).waitFor();
    const { faults } = all[0]!;
    faults.splice(0, Infinity, ...faults.filter((fault) => !/net::ERR_/.test(fault))); // so a browser notes that nobody answers
  });

  test('at 360 pixels nothing is wider than the window', async () => {
    const page = await open('/', { viewport: { width: 360, height: 800 } });
    for (const view of views) {
      await page.goto(`${system.url}/console#${view}`);
      await page.getByText('The services are being asked.').waitFor({ state: 'detached' });
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect({ view, wide }).toEqual({ view, wide: 360 });
    }
  });
});
