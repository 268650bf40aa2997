import { z } from 'zod';
import type { RetentionDays } from '../runtime';
import {
  address,
  bearerToken,
  brokers,
  certificates,
  flag,
  folder,
  host,
  oneOf,
  secret,
  wholeNumber,
} from './setting-values';

const days = (what: string) => wholeNumber([0, 36_500], 0, `for how many days ${what}; 0: for good`);

/** The environment variables of every profile. `describe` is what the README says about them. */
export const commonSettings = z.object({
  PROFILE: oneOf('embedded', 'kafka').default('embedded').describe('what the services run on'),
  PORT: wholeNumber([0, 65_535], 3000, 'where HTTP is listened to; 0 for any free port'),
  HOST: host.default('127.0.0.1').describe('the address of the interface that is listened on'),
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error', 'silent')
    .default('warn')
    .describe('what is logged, as JSON lines'),
  CLOUDEVENTS: flag('0', '1: records have the headers of CloudEvents'),
  ADMIN_TOKEN: secret
    .min(16, 'has to have at least 16 characters')
    .regex(
      bearerToken,
      'has to have only letters, digits and signs of ASCII, and no blank at its ends: it is sent in a header',
    )
    .optional()
    .describe('the bearer token of the /admin routes; without it they answer callers on this machine only'),
  RETENTION_INBOX_DAYS: days('what was handled is remembered, the same for all services'),
  RETENTION_SAGAS_DAYS: days('sagas that have ended are kept, with all history'),
  RETENTION_PARKED_DAYS: days('parked messages that block nobody are kept'),
});

/** After how long what a service keeps is purged. */
export const horizonsIn = (
  settings: Pick<z.output<typeof commonSettings>, `RETENTION_${string}_DAYS` & keyof typeof commonSettings.shape>,
): RetentionDays => ({
  inbox: settings.RETENTION_INBOX_DAYS,
  sagas: settings.RETENTION_SAGAS_DAYS,
  parked: settings.RETENTION_PARKED_DAYS,
});

/** The settings of the embedded profile. */
export const embeddedSettings = commonSettings.extend({
  DATA_DIR: folder.default('.data').describe('the folder of the SQLite files'),
  SAMPLE_DATA: flag('1', '1: fill an empty data folder with something to play with'),
});

/** What looks at several variables does so as well when one of them is wrong, so that all faults are told at once. */
const always = { when: () => true };

/** How Kafka is reached. Another profile extends it: `kafkaSettings.extend(commonSettings.shape)` keeps its checks. */
export const kafkaSettings = z
  .object({
    KAFKA_BROKERS: brokers.describe('the brokers to begin with, host:port, with commas between them'),
    KAFKA_SSL: flag('0', '1: speak TLS'),
    KAFKA_SSL_CA: certificates.optional().describe('a file of PEM certificates to trust instead of the usual ones'),
    KAFKA_SASL_MECHANISM: oneOf('plain', 'scram-sha-256', 'scram-sha-512').optional().describe('how to log in'),
    KAFKA_USERNAME: z.string().optional().describe('who logs in'),
    KAFKA_PASSWORD: secret.optional().describe('its password'),
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
  }, always);

/** How the schema registry is reached. */
export const registrySettings = z.object({
  SCHEMA_REGISTRY_URL: address({
    protocols: ['http:', 'https:'],
    example: 'http://host:8081',
    path: 'allowed',
    user: 'optional',
  }).describe("the schema registry's Confluent API, with user:password@ where it asks for one"),
  NODE_EXTRA_CA_CERTS: certificates
    .optional()
    .describe('a file of PEM certificates to trust besides the usual ones, for a registry with https'),
});

/** How MySQL is reached. */
export const mysqlSettings = z.object({
  MYSQL_URL: address({
    protocols: ['mysql:'],
    example: 'mysql://user:password@host:3306',
    path: 'none',
    user: 'needed',
  }).describe('the database server: mysql://user:password@host:port'),
  MYSQL_DATABASE_PREFIX: z
    .string()
    .regex(/^\w{0,32}$/, 'up to 32 letters, digits and _')
    .default('saga_')
    .describe('what stands before the name of a service in the name of its database'),
  MYSQL_READERS_MAX: wholeNumber(
    [1, 1_000],
    4,
    'connections that look at rows at the same time; an instance has four more, and one for projections',
  ),
  MYSQL_SSL: flag('0', '1: speak TLS'),
  MYSQL_SSL_CA: certificates.optional().describe('a file of PEM certificates to trust instead of the usual ones'),
});

/** How a member of a group speaks to Kafka and to the registry. */
export const brokerSettings = kafkaSettings.extend(registrySettings.shape).extend({
  KAFKA_CLIENT: oneOf('kafkajs', 'platformatic')
    .default('kafkajs')
    .describe('the client of Kafka, kafkajs or platformatic: the package @platformatic/kafka, to be installed besides'),
  KAFKA_SESSION_TIMEOUT_MS: wholeNumber(
    [6_000, 300_000],
    10_000,
    'after how long a silent instance loses its partitions to the others',
  ),
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
  }, always);

/**
 * The settings in the environment. Spaces around a value do not count, but in a password; an empty one counts as unset.
 * Throws one error that names every fault.
 */
export function settingsFrom<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const values = Object.entries(env).map(([name, value]) => [name, name.endsWith('PASSWORD') ? value : value?.trim()]);
  const result = schema.safeParse(Object.fromEntries(values.filter(([, value]) => value !== '')));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`these environment variables are not right:\n${faults.join('\n')}`);
}
