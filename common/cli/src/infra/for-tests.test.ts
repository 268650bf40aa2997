import { infraForTests } from './for-tests';
import type { Machine } from './machine';

const machine: Machine = { docker: false, java: 0, find: () => undefined };
const said: string[] = [];
const forTests = (env: NodeJS.ProcessEnv) => infraForTests({ env, say: (line) => said.push(line), machine });
beforeEach(() => (said.length = 0));
const nothing = { KAFKA_BROKERS: undefined, SCHEMA_REGISTRY_URL: undefined, MYSQL_URL: undefined };

test('what cannot be had is skipped, one loud line each', async () => {
  const { variables, close } = await forTests({});
  expect(variables).toEqual(nothing);
  expect(said).toEqual(
    ['kafka', 'registry', 'mysql'].map((name) => expect.stringMatching(new RegExp(`^SKIPPED: .*${name}: install`))),
  );
  await close();
});

test.each([{ INFRA: 'required' }, { CI: 'true' }])('with %j it is an error that says what to install', async (env) => {
  await expect(forTests(env)).rejects.toThrow(/kafka: install.*\nregistry: install.*\nmysql: install/);
});

test('INFRA=none skips on purpose, in CI too, and though there are addresses', async () => {
  const { variables } = await forTests({ INFRA: 'none', CI: 'true', MYSQL_URL: 'mysql://somewhere' });
  expect(variables).toEqual(nothing);
  expect(said).toEqual([expect.stringContaining('INFRA=none')]);
});

test('a word that INFRA does not know is not taken for another', async () => {
  await expect(forTests({ INFRA: 'require' })).rejects.toThrow('INFRA=require');
});
