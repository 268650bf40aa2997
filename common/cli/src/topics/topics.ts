import { kafkaSettings, settingsFrom } from 'saga-kit/tools';
import { kafkaClient } from 'saga-kit/kafka';
import { command, configured, parse, Usage, verbOf, wholeNumber } from '../command/command';
import { exits, tableText, type Terminal } from '../command/terminal';
import { brokerCount, existingTopics, topicsOnceThere, type Admin } from './existing-topics';
import { planOf, topicConfig, type TopicPlan, type WantedShape } from './plan';

const help = `Creates the topics that the services send to and listen on.

  npx saga-kit topics create [--dry-run]  creates what is missing; what is there is left as it is
  npx saga-kit topics check               says what is missing, and what differs from what is wanted
  npx saga-kit topics describe            what is there
  npx saga-kit topics acls                what each service has to be allowed, as lines for kafka-acls.sh; needs no Kafka.
                        --principal 'User:{service}' is who it is to Kafka
  --partitions 12       a topic can be shared by as many instances of a service. 12 goes evenly round 2, 3, 4, 6 and 12
                        of them, and costs a broker next to nothing; it cannot grow later without parting the messages
                        of a key, so take what you may need one day
  --replication 3       copies of each message; by default 3, or as many as there are brokers. Of three, two have to have a
                        message before it counts as sent
  --retention-hours 168 how long a service may stand still and yet lose nothing
  --json  one JSON document on the standard output        --help  this

KAFKA_BROKERS are host:port, with commas between them. KAFKA_SSL=1 and KAFKA_SSL_CA (a file) for TLS; KAFKA_SASL_MECHANISM
(plain, scram-sha-256, scram-sha-512), KAFKA_USERNAME and KAFKA_PASSWORD to log in.

Ends with 0 when all topics are there, for check when they also are as they are wanted, 1 when that is not so, 2 when the command or a setting is
wrong, 3 when Kafka does not answer.`;

/** The command; `names` are the topics that are wanted. */
export const topics = command<[names: readonly string[]]>(
  { help, isUnreachable: ({ name }) => /^KafkaJS(?!Protocol)/.test(name) }, // a protocol error is an answer
  async (args, terminal, names) => {
    const { verb, ...options } = typed(args);
    const settings = configured(() => settingsFrom(kafkaSettings, terminal.env));
    const admin = configured(() => kafkaClient(settings, 'saga-kit-topics', silent)).admin();
    try {
      await admin.connect();
      const wanted = { ...options, replication: options.replication ?? (await defaultReplication(admin)) };
      return await verbs[verb]({ admin, terminal, names, wanted, ...options });
    } finally {
      await admin.disconnect();
    }
  },
);

interface Task {
  readonly admin: Admin;
  readonly terminal: Terminal;
  readonly names: readonly string[];
  readonly wanted: WantedShape;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const verbs = { create, check, describe };
const ignore = () => {};
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }; // what it gives up on, it throws

function typed(args: readonly string[]) {
  const { positionals, values } = parse(args, {
    partitions: { type: 'string', default: '12' },
    replication: { type: 'string' },
    'retention-hours': { type: 'string', default: '168' },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const verb = verbOf(positionals, ['create', 'check', 'describe']);
  const dryRun = values['dry-run'];
  if (dryRun && verb !== 'create') throw new Usage(`--dry-run is for create, and not for ${verb}`);
  return {
    verb,
    partitions: wholeNumber('partitions', values.partitions, [1, 10_000]),
    replication:
      values.replication === undefined ? undefined : wholeNumber('replication', values.replication, [1, 100]),
    retentionHours: wholeNumber('retention-hours', values['retention-hours'], [1, 1_000_000]),
    dryRun,
    json: values.json,
  };
}

const defaultReplication = async (admin: Admin): Promise<number> => Math.min(3, await brokerCount(admin));

async function check(task: Task): Promise<number> {
  const { admin, names, wanted } = task;
  const plan = planOf(names, wanted, await existingTopics(admin, names));
  report(task, plan);
  return plan.every(({ status }) => status === 'fine') ? exits.fine : exits.differs;
}

async function create(task: Task): Promise<number> {
  const { admin, names, wanted, dryRun } = task;
  const plan = planOf(names, wanted, await existingTopics(admin, names));
  const missing = plan.filter(({ status }) => status === 'missing').map(({ topic }) => topic);
  const after = missing.length > 0 && !dryRun ? await created(task, missing) : plan;
  report(task, after);
  return !dryRun && after.some(({ status }) => status === 'missing') ? exits.differs : exits.fine;
}

async function created({ admin, names, wanted }: Task, missing: readonly string[]): Promise<readonly TopicPlan[]> {
  const topics = missing.map((topic) => topicConfig(topic, wanted));
  // kafkajs's own waiting fails when the broker that it asks has not heard of the topic yet.
  const isOurs = await admin.createTopics({ topics, waitForLeaders: false }).catch(refused);
  const plan = planOf(names, wanted, await topicsOnceThere(admin, names));
  // Somebody else may have made some at the same moment, and otherwise.
  const isMade = ({ topic, status }: TopicPlan) => isOurs && status === 'fine' && missing.includes(topic);
  return plan.map((each) => (isMade(each) ? { ...each, status: 'created' } : each));
}

/** kafkajs says no more than that there were errors. */
function refused(
  error: Error & { readonly errors?: readonly { readonly topic: string; readonly message: string }[] },
): never {
  if (!error.errors) throw error;
  throw new Error(error.errors.map(({ topic, message }) => `${topic}: ${message}`).join('\n'), { cause: error });
}

async function describe({ admin, terminal, names, json }: Task): Promise<number> {
  const there = [...(await existingTopics(admin, names)).values()];
  const shown = ['retention.ms', 'cleanup.policy', 'min.insync.replicas'];
  const rows = there.map(({ name, partitions, replication, config }) => [
    name,
    partitions,
    replication,
    ...shown.map((each) => config[each] ?? '?'),
  ]);
  const head = ['TOPIC', 'PARTITIONS', 'COPIES', ...shown.map((each) => each.toUpperCase())];
  terminal.say(json ? JSON.stringify({ topics: there }, null, 2) : tableText(head, rows));
  return there.length === names.length ? exits.fine : exits.differs;
}

function report({ terminal, json }: Task, plan: readonly TopicPlan[]): void {
  const line = ({ topic, status, differences }: TopicPlan) =>
    [`${status.padEnd(7)}  ${topic}`, ...differences.map((each) => `    ${each}`)].join('\n');
  terminal.say(json ? JSON.stringify({ topics: plan }, null, 2) : plan.map(line).join('\n'));
}
