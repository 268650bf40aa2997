import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const flag = (initially: '0' | '1', what: string) =>
  z
    .enum(['0', '1'])
    .default(initially)
    .describe(what)
    .transform((value) => value === '1');

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
  SAMPLE_DATA: flag('1', '1: fill an empty data folder with something to play with'),
});

const broker = z.string().regex(/^[\w.-]+:\d{1,5}$/, 'a broker is host:port');

/** How Kafka is reached. Another profile extends it: `kafkaSettings.extend(commonSettings.shape)` keeps its checks. */
export const kafkaSettings = z
  .object({
    KAFKA_BROKERS: z
      .string({ error: 'set it to host:port, several with commas between them' })
      .transform((list) => list.split(',').map((each) => each.trim()))
      .pipe(z.array(broker))
      .describe('the brokers to begin with, host:port, with commas between them'),
    KAFKA_SSL: flag('0', '1: speak TLS'),
    KAFKA_SSL_CA: z.string().optional().describe('a file of PEM certificates to trust instead of the usual ones'),
    KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional().describe('how to log in'),
    KAFKA_USERNAME: z.string().optional().describe('who logs in'),
    KAFKA_PASSWORD: z.string().optional().describe('its password'),
  })
  .superRefine((settings, context) => {
    const fault = (name: keyof typeof settings, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    const { KAFKA_SASL_MECHANISM: mechanism } = settings;
    for (const name of ['KAFKA_USERNAME', 'KAFKA_PASSWORD'] as const)
      if (mechanism && settings[name] === undefined) fault(name, `is needed for ${mechanism}`);
      else if (!mechanism && settings[name] !== undefined) fault(name, 'is of no use without KAFKA_SASL_MECHANISM');
    if (settings.KAFKA_SSL_CA !== undefined && !settings.KAFKA_SSL)
      fault('KAFKA_SSL_CA', 'is of no use without KAFKA_SSL=1');
  });

/** How the schema registry is reached. A private certificate authority is named to Node by NODE_EXTRA_CA_CERTS. */
export const registrySettings = z.object({
  SCHEMA_REGISTRY_URL: z
    .url({ protocol: /^https?$/, error: 'set it to an address such as http://host:8081' })
    .describe("the schema registry's Confluent API, with user:password@ where it asks for one"),
});

/** How MySQL is reached. */
export const mysqlSettings = z.object({
  MYSQL_URL: z
    .url({ protocol: /^mysql$/, error: 'set it to an address such as mysql://user:password@host:3306' })
    .describe('the database server: mysql://user:password@host:port'),
  MYSQL_DATABASE_PREFIX: z
    .string()
    .regex(/^\w{0,32}$/, 'up to 32 letters, digits and _')
    .default('saga_')
    .describe('what stands before the name of a service in the name of its database'),
  MYSQL_READERS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(4)
    .describe('connections that look at rows at the same time; an instance has four more'),
  MYSQL_SSL: flag('0', '1: speak TLS'),
  MYSQL_SSL_CA: z.string().optional().describe('a file of PEM certificates to trust instead of the usual ones'),
});

/** How a member of a group speaks to Kafka and to the registry. */
export const brokerSettings = kafkaSettings.extend(registrySettings.shape).extend({
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(6_000)
    .max(300_000)
    .default(10_000)
    .describe('after how long a silent instance loses its partitions to the others'),
});

/** The environment variables of one instance of a service on Kafka. */
export const serviceSettings = brokerSettings
  .extend(mysqlSettings.shape)
  .extend(commonSettings.omit({ PROFILE: true }).shape)
  .extend({
    INSTANCE: z
      .string()
      .regex(/^[\w.-]{1,60}$/, 'up to 60 letters, digits and . _ -')
      .optional()
      .describe('the name of this instance, which no other living one has; <service>-1 if it is not set'),
    SAMPLE_DATA: flag('0', '1: add something to play with, where it is not there'),
  })
  .superRefine(({ MYSQL_SSL, MYSQL_SSL_CA }, context) => {
    if (MYSQL_SSL_CA === undefined || MYSQL_SSL) return;
    context.addIssue({ code: 'custom', path: ['MYSQL_SSL_CA'], message: 'is of no use without MYSQL_SSL=1' });
  });

/** The settings in the environment; an empty variable counts as unset. Throws one error that names every fault. */
export function settingsFrom<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`these environment variables are not right:\n${faults.join('\n')}`);
}
