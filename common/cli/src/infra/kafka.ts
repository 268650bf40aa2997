import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { guardIdleTimers } from 'saga-kit/kafka';
import type { Component, Site } from './component';
import { lackingJava } from './java';
import { preparedData } from './prepared';

const portsNeeded = 2;

/** Each process is broker and controller. */
export const kafka: Component = {
  name: 'kafka',
  variable: 'KAFKA_BROKERS',
  portsNeeded,
  usualStartS: 5,
  processes: ({ brokers = 1 }) => brokers,
  notInDocker: ({ brokers = 1 }) => (brokers > 1 ? 'Docker has one broker here' : undefined),
  addressOf: (ports) => portsOf(ports, 0).map(local).join(','),
  lacking: lackingJava,

  async launch(site) {
    const { folder, ports, machine, fetch, run } = site;
    const java = machine.find('java')!;
    const classPath = ['-cp', join(await fetch('kafka'), '*')];
    const configure = (data: string, file: string) => writeFile(file, properties(data, site));
    const data = await preparedData(folder, async (data) => {
      const file = join(folder, 'format.properties');
      await configure(data, file);
      const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterIdOf(folder)}`, '-c', file];
      await run(java, [...soonReady, ...classPath, ...format]);
    });
    const file = join(folder, 'server.properties');
    await configure(data, file);
    const memory = ports.length === portsNeeded ? '-Xmx512m' : '-Xmx384m';
    return { program: java, args: [memory, ...soonReady, ...classPath, ...quiet, 'kafka.Kafka', file] };
  },

  async ask(address, process) {
    guardIdleTimers();
    const admin = new Kafka({
      brokers: address.split(','),
      connectionTimeout: 2_000,
      requestTimeout: 2_000,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    }).admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length === 0) throw new Error('no broker is registered yet');
      if (process !== undefined && !brokers.some(({ nodeId }) => nodeId === process + 1))
        throw new Error(`it is not one of the ${brokers.length} that work together`);
    } finally {
      await admin.disconnect();
    }
  },
};

const soonReady = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const quiet = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

/** The first or the second port of each process. */
const portsOf = (ports: readonly number[], which: 0 | 1) => ports.filter((_, index) => index % portsNeeded === which);
const local = (port: number) => `127.0.0.1:${port}`;

/** The same for all brokers that have their folders in one, as it has to be. */
const clusterIdOf = (folder: string): string =>
  createHash('sha256').update(dirname(folder)).digest().subarray(0, 16).toString('base64url');

/** Brokers among themselves take another way, where clients are led through a proxy. */
function listeners({ ports, process, lead }: Site): string {
  const own = `PLAINTEXT://${local(portsOf(ports, 0)[process]!)},CONTROLLER://${local(portsOf(ports, 1)[process]!)}`;
  if (!lead) return `listeners=${own}`;
  return `listeners=${own},AMONG://127.0.0.1:0
advertised.listeners=PLAINTEXT://${local(lead(portsOf(ports, 0))[process]!)},AMONG://127.0.0.1:0
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,AMONG:PLAINTEXT
inter.broker.listener.name=AMONG`;
}

function properties(data: string, site: Site): string {
  const controllers = portsOf(site.ports, 1);
  const copies = Math.min(3, controllers.length);
  const insync = copies === 3 ? 2 : 1;
  return `process.roles=broker,controller
node.id=${site.process + 1}
controller.quorum.voters=${controllers.map((port, index) => `${index + 1}@${local(port)}`).join(',')}
${listeners(site)}
controller.listener.names=CONTROLLER
log.dirs=${data}
auto.create.topics.enable=false
default.replication.factor=${copies}
min.insync.replicas=${insync}
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=${copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${insync}
transaction.state.log.num.partitions=4
`;
}
