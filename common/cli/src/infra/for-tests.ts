import { componentNames, type ComponentName, type Missing, type Variable } from './component';
import { components } from './components';
import { startInfra } from './start-infra';
import type { InfraOptions } from './infra';

export interface InfraForTests {
  /** What the environment of the tests has to be: `undefined` for a variable that must not be set. */
  readonly variables: Readonly<Record<Variable, string | undefined>>;
  readonly close: () => Promise<void>;
}

/**
 * Gets the real components for a run of tests. What cannot be had is said, and its tests are skipped; with INFRA=required or
 * CI=true it is an error. INFRA=none skips all of them.
 */
export async function infraForTests(options: InfraOptions): Promise<InfraForTests> {
  const { env, say } = options;
  const { INFRA: wanted } = env;
  if (wanted && wanted !== 'none' && wanted !== 'required')
    throw new Error(`INFRA=${wanted}: leave it out, or say "required" or "none"`);
  if (wanted === 'none') {
    say('SKIPPED: all tests that need a real component, since INFRA=none');
    return { variables: variablesFrom({}), close: async () => {} };
  }
  const { addresses, missing, close } = await startInfra(options);
  if (missing.length > 0 && (wanted === 'required' || env['CI'] === 'true')) {
    await close();
    throw new Error(`the tests need real components:\n${linesOf(missing).join('\n')}`);
  }
  for (const line of linesOf(missing)) say(`SKIPPED: the tests that need ${line}`);
  return { variables: variablesFrom(addresses), close };
}

const linesOf = (missing: Missing): string[] => missing.map(({ name, lacking }) => `${name}: ${lacking}`);

const variablesFrom = (addresses: Readonly<Partial<Record<Variable, string>>>) => {
  const variableOf = (name: ComponentName) => components[name].variable;
  const all = componentNames.map((name) => [variableOf(name), addresses[variableOf(name)]]);
  return Object.fromEntries(all) as InfraForTests['variables'];
};
