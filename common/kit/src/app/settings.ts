import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.enum(['0', '1']).transform((value) => value === '1');

/** The environment variables of every profile. `describe` is what the README says about them. */
export const commonSettings = z.object({
  PROFILE: z.enum(['embedded', 'kafka']).default('embedded').describe('what the services run on'),
  PORT: port.default(3000).describe('where HTTP is listened to; 0 for any free port'),
  HOST: z.string().default('127.0.0.1').describe('the address of the interface that is listened on'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('warn')
    .describe('what is logged, as JSON lines'),
});

export const embeddedSettings = commonSettings.extend({
  DATA_DIR: z.string().default('.data').describe('the folder of the SQLite files'),
  SAMPLE_DATA: flag.default(true).describe('1: fill an empty data folder with something to play with'),
});

/** The settings in the environment; an empty variable counts as unset. Throws one error that names every fault. */
export function settingsFrom<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`these environment variables are not right:\n${faults.join('\n')}`);
}
