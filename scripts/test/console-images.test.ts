import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { describeInBrowser, watched } from './browser';
import { consoleSystem } from './console-system';

/** Where the pictures of docs/operating.md go: CONSOLE_IMAGES=docs/images npm test -- --testPathPatterns console-images */
const { CONSOLE_IMAGES: folder } = process.env;
const bytesMax = 150_000;
const [width, heightMax] = [1_200, 1_150];

if (folder === undefined) test.todo('pictures of the console are made where CONSOLE_IMAGES says');
else
  describeInBrowser('Pictures of the console', (browser) => {
    test.each(['light', 'dark'] as const)('are small, in %s colours', async (colorScheme) => {
      mkdirSync(folder, { recursive: true });
      const system = await consoleSystem();
      const viewport = { width, height: heightMax };
      const { page } = await watched(browser(), system.url, { colorScheme, viewport });
      const picture = async (name: string, highest = heightMax) => {
        const path = join(resolve(folder), `console-${name}-${colorScheme}.png`);
        await page.mouse.move(0, 0);
        await page.evaluate('scrollTo(0, 0)');
        const height = await page.evaluate<number>(
          'document.getElementById("body").getBoundingClientRect().bottom + 24',
        );
        await page.setViewportSize({ width, height: Math.min(Math.ceil(height), highest) });
        await page.screenshot({ path });
        await page.setViewportSize({ width, height: heightMax });
        expect(statSync(path).size).toBeLessThan(bytesMax);
      };
      try {
        await page.goto(`${system.url}/console`);
        await ordersMove(page, system.url);
        await picture('now');
        await page.locator('.placed li', { hasText: 'withdrawn' }).getByRole('link').click();
        await page.locator('.message', { hasText: 'TicketRejected' }).waitFor();
        await picture('instance');
        await someAreParked(page, system);
        await picture('parked');
        await oneIsPaused(page, system.url);
        await picture('topology', 620);
      } finally {
        await system.close();
      }
    });
  });

const place = (url: string, productId: number, userId = 1) =>
  fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userId, items: [{ productId, quantity: 1 }] }),
  });

/** Each kind of order, until some are seen on their way. */
async function ordersMove(page: Page, url: string) {
  await page.locator('.buttons button').first().waitFor();
  for (const button of (await page.locator('.buttons button').all()).reverse()) await button.click();
  await page.locator('.placed .pill.completed').waitFor();
  const seen = page.locator('.flow:has(.node.busy:not(.undo)):has(.node.undo.busy)').waitFor();
  let isSeen = false;
  void seen.then(() => (isSeen = true));
  for (let rounds = 0; rounds < 100 && !isSeen; rounds++)
    await Promise.all(Array.from({ length: 40 }, (_, index) => place(url, [2, 3, 19, 20][index % 4]!)));
  await seen;
}

async function someAreParked(page: Page, system: Awaited<ReturnType<typeof consoleSystem>>) {
  system.kitchenFails('the oven of kitchen 1 is cold: 21 °C');
  for (let orders = 0; orders < 3; orders++) await place(system.url, 2);
  await page.goto(`${system.url}/console#/parked`);
  await page.getByText('3 messages of kitchen').waitFor();
  system.kitchenFails();
}

async function oneIsPaused(page: Page, url: string) {
  await page.goto(`${url}/console#/topology`);
  await page.getByRole('button', { name: 'Pause order-to-payment-pay in payment' }).click();
  await page.getByLabel('Who acts').fill('Ada');
  await page.getByLabel('Reason').fill('the bank is away');
  await page.getByRole('button', { name: 'See what it would do' }).click();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('button', { name: 'Close', exact: true }).last().click();
  for (let orders = 0; orders < 4; orders++) await place(url, 3);
  await page.locator('.topology .lag', { hasText: 'lag 4' }).waitFor();
}
