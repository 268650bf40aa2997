import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { Component } from './component';
import { lackingJava } from './java';
import { preparedData } from './prepared';

/** One process that is broker and controller. */
export const kafka: Component = {
  name: 'kafka',
  variable: 'KAFKA_BROKERS',
  portsNeeded: 2,
  usualStartS: 5,
  addressOf: ([broker]) => `127.0.0.1:${broker}`,
  lacking: lackingJava,

  async launch({ folder, ports, machine, fetch, run }) {
    const java = machine.find('java')!;
    const classPath = ['-cp', join(await fetch('kafka'), '*')];
    const configure = (data: string, file: string) => writeFile(file, properties(data, ports));
    const data = await preparedData(folder, async (data) => {
      const file = join(folder, 'format.properties');
      await configure(data, file);
      const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
      const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', file];
      await run(java, [...soonReady, ...classPath, ...format]);
    });
    const file = join(folder, 'server.properties');
    await configure(data, file);
    return { program: java, args: ['-Xmx512m', ...soonReady, ...classPath, ...quiet, 'kafka.Kafka', file] };
  },

  async ask(address) {
    const brokers = address.split(',');
    const admin = new Kafka({
      brokers,
      connectionTimeout: 2_000,
      requestTimeout: 2_000,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    }).admin();
    try {
      await admin.connect();
      const cluster = await admin.describeCluster();
      if (cluster.brokers.length === 0) throw new Error('no broker is registered yet');
    } finally {
      await admin.disconnect();
    }
  },
};

const soonReady = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const quiet = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

const properties = (data: string, [broker, controller]: readonly number[]) => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}
controller.listener.names=CONTROLLER
log.dirs=${data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
`;
