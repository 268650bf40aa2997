import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { guardIdleTimers } from 'saga-kit/kafka';
import type { PartName } from './parts';

/** What a cluster of ours looks like at this moment. A broker is named as `stop` and `start` call it. */
export class KafkaCluster {
  private readonly kafka: Kafka;

  constructor(
    private readonly folder: string,
    brokers: string,
  ) {
    guardIdleTimers();
    const patience = { connectionTimeout: 3_000, requestTimeout: 5_000, retry: { retries: 3 } };
    this.kafka = new Kafka({ brokers: brokers.split(','), ...patience, logLevel: logLevel.NOTHING });
  }

  /** How many partitions each broker leads that leads any, the one with the most first. */
  async leaders(): Promise<readonly { readonly broker: PartName; readonly partitions: number }[]> {
    const led = new Map<number, number>();
    for (const { leader } of await this.partitions()) led.set(leader, (led.get(leader) ?? 0) + 1);
    return [...led]
      .filter(([leader]) => leader > 0)
      .map(([leader, partitions]) => ({ broker: nameOf(leader), partitions }))
      .sort((one, other) => other.partitions - one.partitions);
  }

  async leaderOf(topic: string, partition: number): Promise<PartName | undefined> {
    const found = (await this.partitions([topic])).find(({ partitionId }) => partitionId === partition);
    return found && found.leader > 0 ? nameOf(found.leader) : undefined;
  }

  /**
   * Which of them leads the controllers. The brokers do not say: to clients, each of them is one. The quorum writes it down in
   * its own folder, and who has the latest term is right.
   */
  controller(): PartName | undefined {
    const states = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((id) => quorumStateIn(join(this.folder, nameOf(id), 'data')));
    const latest = states.sort((one, other) => other.leaderEpoch - one.leaderEpoch)[0];
    return latest && latest.leaderId > 0 ? nameOf(latest.leaderId) : undefined;
  }

  /** Resolves when every copy of every partition is in sync, with the milliseconds that took; rejects after `boundMs`. */
  async untilInSync(boundMs: number): Promise<number> {
    const beganAt = performance.now();
    for (;;) {
      const behind = await this.partitions().then(
        (all) => all.filter(({ leader, isr, replicas }) => leader < 0 || isr.length < replicas.length).length,
        () => Infinity, // no broker answers yet
      );
      const tookMs = performance.now() - beganAt;
      if (behind === 0) return tookMs;
      if (tookMs > boundMs) throw new Error(`${behind} partitions are not in sync after ${boundMs} ms`);
      await setTimeout(200);
    }
  }

  private partitions(topics: string[] = []) {
    return this.asked(async (admin) =>
      (await admin.fetchTopicMetadata({ topics })).topics.flatMap(({ partitions }) => partitions),
    );
  }

  private async asked<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

const nameOf = (nodeId: number): PartName => `kafka-${nodeId}`;

interface QuorumState {
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

function quorumStateIn(data: string): QuorumState[] {
  try {
    return [JSON.parse(readFileSync(join(data, '__cluster_metadata-0', 'quorum-state'), 'utf8')) as QuorumState];
  } catch {
    return []; // there is none of that number, or it is being written
  }
}
