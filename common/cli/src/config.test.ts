import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stub } from 'saga-kit/testing';
import { configOf, loadConfig } from './config';

const service = stub('shop', []);
const place = { label: 'Order', method: 'POST', path: '/orders' };

test('a title, rules and what to do next may be left out', () => {
  const config = configOf({ services: [service] }, 'file');
  expect(config).toEqual({
    title: 'Services',
    services: [service],
    story: '/stories/:txId',
    console: { requests: [] },
    stubRules: [],
    scenarios: expect.any(Function),
    next: expect.any(Function),
  });
  expect(config.next('http://here')).toContain('http://here/openapi.json');
});

test.each([
  [{}, '  services: has to be a list of services'],
  [{ services: [] }, '  services: is empty: name at least one service'],
  [{ services: [{ name: 'shop' }] }, '  services.0: is not what service('],
  [{ services: [service, service] }, '  services: has two services of one name'],
  [{ services: [service], title: '' }, '  title: has to be a text that is not empty'],
  [{ services: [service], story: '/orders' }, '  story: has to be a path with ":txId" in it'],
  [{ services: [service], servises: [] }, '  servises: is not known'],
  [
    { services: [service], console: { requests: [{ ...place, path: 'orders' }] } },
    '  console.requests.0.path: has to be',
  ],
  [
    { services: [service], console: { requests: [{ ...place, path: '//far.example' }] } },
    '  console.requests.0.path: ',
  ],
  [
    { services: [service], console: { requests: [], silence: { label: 'Off', service: 'till' } } },
    '  console.silence.service: is none of shop',
  ],
  ['nothing', '  it has to export { title, services }'],
])('%j is refused, with the field and the way out', (exported, fault) => {
  expect(() => configOf(exported, 'saga-kit.config.cjs')).toThrow(`saga-kit.config.cjs is not right:\n${fault}`);
});

describe('in a folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('without a file, what to write is told', async () => {
    await expect(loadConfig(folder)).rejects.toThrow(/there is no saga-kit\.config[^]*module\.exports = defineConfig/);
  });

  test('a file that is named and not there is told', async () => {
    await expect(loadConfig(folder, 'mine.cjs')).rejects.toThrow(/mine\.cjs is not there: --config/);
  });

  test('a file that throws is named, with why', async () => {
    writeFileSync(join(folder, 'saga-kit.config.cjs'), "throw new Error('compile first')");
    await expect(loadConfig(folder)).rejects.toThrow(/saga-kit\.config\.cjs cannot be read: compile first/);
  });
});
