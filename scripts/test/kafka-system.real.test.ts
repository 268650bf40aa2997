import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { given } from '../../common/kit/test/given';
import { Child } from '../../common/cli/src/command/child';
import { root, sagaKit } from '../src/root';
import { ownCommand } from '../../common/cli/src/start/start-processes';
import { KafkaSystem } from '../src/trial/kafka-system';
import { mysqlRows } from '../src/trial/books';
import { garbageTrial } from '../src/trial/garbage-trial';
import { orderSystem } from '../src/trial/system';
import { restartTrial } from '../src/trial/restart-trial';
import { testEndings } from './endings';
import { garbageFor } from './garbage-for';
import { fetchJars, givenJava, runJava } from './java';
import { expectCloudEvents } from './kafka-cloud-events';
import { expectOneTrace } from './kafka-traces';
import { expectOnCall, expectPaused } from './on-call';
import { soonMissed } from './soon-missed';

/** All that uses the topics of the order system is in this file: they are there once. */
given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('the order system on real components', () => {
  const addresses = () => {
    const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, MYSQL_URL } = process.env;
    return { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, MYSQL_URL, ...soonMissed };
  };

  describe('as four processes', () => {
    const prefix = `system_${randomUUID().slice(0, 8)}_`;
    let system: KafkaSystem;
    let producer: Producer;
    beforeAll(async () => {
      system = new KafkaSystem({ addresses: addresses(), prefix, instances: 1, env: () => ({ CLOUDEVENTS: '1' }) });
      await system.start();
      const brokers = process.env['KAFKA_BROKERS']!.split(',');
      producer = new Kafka({ clientId: 'a-stranger', brokers, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
    }, 120_000);
    afterAll(async () => {
      await producer.disconnect();
      await system.stop();
      expect(system.died).toBeUndefined();
    }, 60_000);

    testEndings(() => system.url);

    test('with the setting, all messages of an order are CloudEvents for whoever knows nothing else', async () => {
      const { orderId } = await ended(system.url, { userId: 1, items: [{ productId: 2, quantity: 1 }] });
      await expectCloudEvents(orderId);
    }, 60_000);

    givenJava('a stock client in Java', () => {
      let jars: string;
      beforeAll(async () => {
        jars = await fetchJars();
      }, 300_000);
      const topic = 'order-to-user-status';

      test('reads what the services send', async () => {
        const printed = await runJava(jars, { command: 'read', topic, rest: ['1'], input: '' });
        expect(JSON.parse(printed.split('\n')[0]!)).toMatchObject({ value: { target: 'ORDER_CREATION', message: {} } });
      }, 120_000);

      test('sends a command that is handled', async () => {
        const [id, causationId] = ['AN_AUDIT/from-java/CheckUser', 'a-test'];
        const envelope = { id, target: 'AN_AUDIT', txId: 'from-java', causationId, occurredAt: Date.now() };
        const input = JSON.stringify({ ...envelope, message: { orderId: 'from-java', userId: 1 } });
        await runJava(jars, {
          command: 'write',
          topic,
          rest: [`${topic}-saga.user.CheckUser.TargetEventMessage`],
          input,
        });
        const sql = "select answer_topic from kit_inbox where id like '%from-java%'";
        const rows = await until('it is handled', async () => {
          const found = await mysqlRows<{ answer_topic: string }>(process.env['MYSQL_URL']!, `${prefix}user`, sql);
          return found.length > 0 ? found : undefined;
        });
        expect(rows).toEqual([{ answer_topic: 'user-to-order-status' }]);
      }, 120_000);
    });

    test('whatever a stranger puts on the topics is parked with its reason and its bytes, and orders go on ending', async () => {
      const topics = {
        order: [
          'user-to-order-status',
          'kitchen-to-order-ticket-creation',
          'kitchen-to-order-ticket-status',
          'payment-to-order-pay',
          'payment-to-order-pay-status',
        ],
        user: ['order-to-user-status'],
        kitchen: ['order-to-kitchen-ticket-creation', 'order-to-kitchen-ticket-status'],
        payment: ['order-to-payment-pay', 'order-to-payment-pay-status'],
      };
      // All at once: a schema that nobody knows is looked for again for half a minute.
      const expectParked = async ([service, names]: readonly [string, readonly string[]]) => {
        const before = (await parked(service)).length;
        const sent = new Map(await Promise.all(names.map(async (topic) => [topic, await garbageFor(topic)] as const)));
        for (const [topic, values] of sent)
          for (const [, value] of values) await producer.send({ topic, messages: [{ key: 'k', value }] });
        const rows = await until(`all of it is parked by ${service}`, async () => {
          const found = await parked(service);
          return found.length - before >= names.length * 5 ? found : undefined;
        });
        for (const [topic, values] of sent)
          for (const [reason, value] of values) {
            const own = rows.filter((row) => row.topic === topic && row.reason === reason);
            expect(own.some((row) => (value === null ? row.value === null : row.value?.equals(value)))).toBe(true);
          }
      };
      await Promise.all(Object.entries(topics).map(expectParked));
      expect(await ended(system.url, { userId: 1, items: [{ productId: 2, quantity: 1 }] })).toMatchObject({
        status: 'APPROVED',
      });
    }, 120_000);

    test('a topic that is paused is paused for every instance, and for one that is killed and comes back, as a saga is; nothing is lost', async () => {
      const own = { PORT: '0', LOG_LEVEL: 'warn', INSTANCE: 'kitchen-2', MYSQL_DATABASE_PREFIX: prefix };
      const second = new Child({ file: `${root}/kitchen/dist/main.js`, env: { ...addresses(), ...own } });
      const { child: first } = system.instances.find(({ service }) => service === 'kitchen')!;
      try {
        await second.start();
        const instances = () => [first.url, second.url];
        await expectPaused(system.url, instances, async () => {
          await first.kill();
          await first.start();
        });
      } finally {
        await second.stop();
      }
    }, 120_000);

    const parked = (service: string) =>
      mysqlRows<{ topic: string; reason: string; value: Buffer | null }>(
        process.env['MYSQL_URL']!,
        `${prefix}${service}`,
        'select topic, reason, value from kit_parked',
      );
  });

  test('killed with -9 all at once in the middle of its work, and started again: nothing is left undone or done twice', async () => {
    const seed = Math.floor(Math.random() * 1e6);
    const report = await restartTrial({ orders: 200, seed, addresses: addresses(), say: () => {} });
    expect(report.faults).toEqual([]);
    expect(report.inFlight).toBeGreaterThan(0);
  }, 180_000);

  test('garbage of every kind on all topics while orders run: it is parked, at a bounded cost, and every order ends', async () => {
    const seed = Math.floor(Math.random() * 1e6);
    const load = { records: 60, orders: 40, instances: 1, perSecond: 20 };
    const report = await garbageTrial({ ...load, seed, addresses: addresses(), say: () => {} });
    expect(report.faults).toEqual([]);
    expect(Object.keys(report.kinds).length).toBeGreaterThan(25);
  }, 180_000);

  test('an order is one trace over four services, unbroken by a kill -9 between a commit and its sending', async () => {
    await expectOneTrace(addresses());
  }, 120_000);

  test('one service alone, with stubs that play the others by their rules', async () => {
    const env = { ...addresses(), PORT: '0', LOG_LEVEL: 'warn' };
    const prefix = `alone_${randomUUID().slice(0, 8)}_`;
    const stubs = new Child({ file: sagaKit.file, args: sagaKit.args('stub', 'user', 'kitchen', 'payment'), env });
    const order = new Child({ file: `${root}/order/dist/main.js`, env: { ...env, MYSQL_DATABASE_PREFIX: prefix } });
    try {
      await Promise.all([stubs.start(), order.start()]);
      const items = [{ productId: 2, quantity: 1 }];
      const ends = await Promise.all([1, 3, 2, 5].map((userId) => ended(order.url, { userId, items })));
      expect(ends.map(({ status, refusal }) => refusal?.code ?? status)).toEqual([
        'APPROVED',
        'USER_ABNORMAL',
        'REJECT_DURING_PAYMENT',
        'WITHDRAWN',
      ]);
    } finally {
      await Promise.all([stubs.stop(), order.stop()]);
    }
  }, 120_000);

  test('a service that would forget what Kafka can hand over again ends at its start, with 1, and says what to set', async () => {
    await ownCommand(addresses(), orderSystem().args('topics', 'create'));
    const env = { ...addresses(), PORT: '0', MYSQL_DATABASE_PREFIX: `short_${randomUUID().slice(0, 8)}_` };
    const payment = new Child({
      file: `${root}/payment/dist/main.js`,
      env: { ...env, PROFILE: 'kafka', RETENTION_INBOX_DAYS: '3' },
    });
    await expect(payment.start()).rejects.toThrow(
      /^it has ended at its start \(1\):\n[^]*RETENTION_INBOX_DAYS has to be at least 22, or 0 to purge nothing, and not 3: topic order-to-payment-pay\S* may hand a record over again for 14.1 days/,
    );
  }, 60_000);

  test('orders whose participant is gone for good are seen, and each brought to its end by whoever is on call', async () => {
    const env = { ...addresses(), PORT: '0', LOG_LEVEL: 'warn' };
    const prefix = `on_call_${randomUUID().slice(0, 8)}_`;
    const stubs = new Child({ file: sagaKit.file, args: sagaKit.args('stub', 'user', 'kitchen'), env });
    const order = new Child({ file: `${root}/order/dist/main.js`, env: { ...env, MYSQL_DATABASE_PREFIX: prefix } });
    try {
      await Promise.all([stubs.start(), order.start()]);
      await expectOnCall(order.url);
      const sql = 'select verb, who, subject from kit_audit order by id';
      const audit = await mysqlRows<{ verb: string; who: string }>(env.MYSQL_URL!, `${prefix}order`, sql);
      expect(audit.map(({ verb }) => verb)).toEqual(['retry', 'skip', 'compensate', 'skip', 'cancel', 'abandon']);
      expect(new Set(audit.map(({ who }) => who))).toEqual(new Set(['Ada']));
    } finally {
      await Promise.all([stubs.stop(), order.stop()]);
    }
  }, 120_000);
});

async function ended(
  url: string,
  order: object,
): Promise<{ orderId: string; status: string; refusal: { code: string } | null }> {
  const headers = { 'Content-Type': 'application/json' };
  const placed = await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(order) });
  expect(placed.status).toBe(201);
  return until('the order ends', async () => {
    const found = (await (await fetch(`${url}${placed.headers.get('Location')}`)).json()) as {
      orderId: string;
      status: string;
      refusal: null;
    };
    return found.status === 'PENDING' ? undefined : found;
  });
}

const patienceMs = 60_000;

async function until<T>(what: string, fact: () => Promise<T | undefined>): Promise<T> {
  for (const tooLate = Date.now() + patienceMs; Date.now() < tooLate; await setTimeout(50)) {
    const found = await fact();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
}
