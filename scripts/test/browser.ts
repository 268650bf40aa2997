import { existsSync } from 'node:fs';
import { source, type AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const executables = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a page has asked for, and what has gone wrong in it. */
export interface Watched {
  readonly page: Page;
  /** What was asked of anybody but the service. */
  readonly strangers: string[];
  /** Errors of scripts, and what the policy of the page has refused. */
  readonly faults: string[];
  /** The bytes of each file of the page. */
  readonly bytes: Map<string, Promise<number>>;
}

/** Tests that need a browser: one of the distribution. What is not there is said, and skipped; with INFRA=required it is an error. */
export function describeInBrowser(name: string, tests: (browser: () => Browser) => void): void {
  const executablePath = executables.find((each) => existsSync(each));
  const { INFRA, CI } = process.env;
  if (executablePath === undefined && INFRA !== 'none' && (INFRA === 'required' || CI === 'true'))
    throw new Error(`the tests need a browser: none of ${executables.join(', ')} is there; install "chromium"`);
  if (executablePath === undefined || INFRA === 'none') {
    const why = INFRA === 'none' ? 'since INFRA=none' : `none of ${executables.join(', ')} is there`;
    console.error(`SKIPPED: the tests that need a browser, ${why}`);
    describe.skip(name, () => tests(none));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args }); // with a new profile in a folder of its own
    });
    afterAll(() => browser?.close());
    tests(() => browser ?? none());
  });
}

const none = (): never => {
  throw new Error('there is no browser');
};

/** A window of its own, and what happens in it. */
export async function watched(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const { origin } = new URL(url);
  const seen: Watched = { page, strangers: [], faults: [], bytes: new Map() };
  context.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !/^(data|blob):/.test(asked)) seen.strangers.push(asked);
  });
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!/^\/console(\/[^/]+\.\w+)?$/.test(pathname)) return;
    const length = response.body().then((body) => body.length);
    length.catch(() => {}); // the page may be gone by then; who asks is told
    seen.bytes.set(pathname, length);
  });
  page.on('pageerror', (error) => seen.faults.push(String(error.stack)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.faults.push(message.text());
  });
  return seen;
}

/** Presses Tab until this has the focus. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`Tab never comes to ${selector}`);
}

/** What keeps people out of what is to be seen now: rules that are broken, and where. */
export async function barriersIn(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
