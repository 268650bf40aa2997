import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { aGuardedShop } from '../../../kit/test/a-guarded-shop';
import { gateway } from './gateway';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('who is asking is asked behind the gateway, as without it, and its description says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  closers.push(() => rm(folder, { recursive: true }));
  const settings = { ...settingsFrom(embeddedSettings, { PORT: '0', LOG_LEVEL: 'silent' }), DATA_DIR: folder };
  const shop = await startEmbedded([aGuardedShop()], settings, (error) => {
    throw error;
  });
  closers.push(() => shop.stop());
  const served = [{ name: 'bills', urls: () => [shop.url] }];
  const front = await gateway(served, { host: '127.0.0.1', port: 0, title: 'Shops' });
  closers.push(() => front.close());

  const patch = (token: string) =>
    fetch(`${front.url}/bills/1`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{"item":"tea"}',
    });
  const answer = await patch('a');
  expect([answer.status, await answer.text()]).toEqual([200, '{"name":"Ann, a clerk, about tea"}']);
  const refused = await patch('nobody');
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="bills"']);
  const { paths, components } = (await (await fetch(`${front.url}/openapi.json`)).json()) as any;
  expect(components.securitySchemes).toEqual({ bills: { type: 'http', scheme: 'Bearer' } });
  expect(paths['/bills'].get.security).toEqual([{ bills: [] }]);
});
