import { Codec, RegistryUnavailable } from '../codec';
import { backOffMs } from './ports/back-off';
import { Orchestration } from './saga/orchestrate';
import { RecentSagas } from './saga/recent-sagas';
import { loadDefinitions } from './saga/load-definitions';
import { pause } from './ports/environment';
import { TransactionQueue } from './transaction/transaction-queue';
import { OutboxRecovery } from './relay/outbox-recovery';
import type { Parts } from './parts';
import { Projections } from './projection/projections';
import { asCloudEvent } from './relay/cloud-events';
import { Publisher } from './relay/publisher';
import { acquireInstanceLock } from './relay/instance-lock';
import { InboxMemory } from './ports/inbox-memory';
import { checkHorizons } from './retention/check-horizons';
import { isPurging } from './retention/purger';
import { Service } from './service';
import { ServiceClock } from './relay/service-clock';
import { RefusedRecords } from './relay/refused-records';

/** About two minutes, besides what the registry itself takes not to answer. */
const warmingTriesMax = 30;
const warmingPauses = { firstMs: 200, mostMs: 5_000 };

/**
 * Starts a service: it takes its instance lock, checks that open sagas and schemas fit, sends what its last life left unsent, joins
 * its group and watches its timers. Rejects, having let go of everything, when one of these cannot be done.
 */
export async function startService(parts: Parts): Promise<Service> {
  const instanceLock = await acquireInstanceLock(parts);
  const queues: TransactionQueue[] = [];
  let publisher: Publisher | undefined;
  try {
    await checkRetention(parts);
    const definitions = await loadDefinitions(parts.routing.sagas, parts.sagaStore);
    const recent = new RecentSagas(() => parts.environment.clock.monotonicMs());
    const sagas = new Orchestration(definitions, parts.routing.orchestrators, recent, parts.metrics);
    const clock = await ServiceClock.open(parts.environment, parts.clock, parts.routing.sagas);
    const refusedRecords = new RefusedRecords(parts.refused, parts.environment, clock);
    const codec = new Codec(parts.registry, parts.environment.clock);
    const described = parts.cloudEvents ? asCloudEvent(codec, parts.name) : undefined;
    publisher = new Publisher(parts.broker, parts.environment, refusedRecords, described);
    await warm(codec, parts);
    await refusedRecords.look();
    const recovery = new OutboxRecovery(
      parts.instance,
      parts.outbox,
      parts.instanceLocks,
      publisher,
      parts.environment,
    );
    const abandonedProducers = await recovery.recoverOwn();
    const running: { projections?: Projections } = {};
    for (let count = 0; count < (parts.projections.length > 0 ? 3 : 2); count++) {
      const session = await parts.database.open(parts.instance);
      recovery.exclude(session.producer);
      const appended = () => running.projections?.wake();
      const committed = (jobs: number, durationMs: number) => parts.metrics.committed(jobs, durationMs);
      queues.push(new TransactionQueue(session, publisher, parts.environment, { appended, committed }));
    }
    const { inbox } = await parts.retention.purges();
    const memory = new InboxMemory(parts.horizons.inbox, inbox.cutoff);
    const runtime = { service: parts.name, codec, environment: parts.environment, clock, sagas, memory };
    const [messages, outside, queue = outside] = queues as [TransactionQueue, TransactionQueue, TransactionQueue?];
    const projections = projectionsOf(parts, queue);
    running.projections = projections;
    const service = new Service(
      parts,
      runtime,
      { publisher, refusedRecords, recovery },
      messages,
      outside,
      instanceLock,
      projections,
    );
    await service.begin({ afterUncleanShutdown: abandonedProducers > 0 });
    return service;
  } catch (error) {
    publisher?.stop();
    for (const queue of queues) await quietly(queue.stop());
    await quietly(instanceLock.leave());
    throw error;
  }
}

const projectionsOf = (
  { environment, database, events: store, projections, metrics }: Parts,
  queue: TransactionQueue,
) =>
  new Projections({ environment, queue, database, store }, projections, (name, behind) =>
    metrics.projected(name, behind),
  );

/** What could come again after it was forgotten is told, and the service does not start. */
async function checkRetention({ horizons, broker, routing, environment }: Parts): Promise<void> {
  if (!isPurging(horizons)) return;
  for (const { topic, reason } of await checkHorizons(horizons, broker, routing))
    environment.log.warn(
      { topic, reason },
      'it is not known for how long this topic keeps its records: see to it yourself that the RETENTION_…_DAYS are longer',
    );
}

/** A registry that does not answer is waited for; a schema that it does not know is not. */
async function warm(codec: Codec, { routing, environment }: Parts): Promise<void> {
  const wanted = { sends: routing.sends(), listens: routing.listening() };
  for (let tries = 1; ; tries++) {
    try {
      return await codec.warm(wanted);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable) || tries === warmingTriesMax) throw error;
      environment.log.warn({ error: error.message }, 'the schema registry does not answer; waiting for it');
      await pause(environment, backOffMs(tries, warmingPauses, environment.random()));
    }
  }
}

const quietly = (done: Promise<void>): Promise<void> => done.catch(() => {});
