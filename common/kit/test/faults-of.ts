import { settingsFrom } from '../src/app';

/** What is wrong with these, a line for each fault. */
export function faultsOf(schema: Parameters<typeof settingsFrom>[0], env: NodeJS.ProcessEnv): string[] {
  try {
    settingsFrom(schema, env);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
}
