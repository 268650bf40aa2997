import type { EmbeddedRegistry } from '../embedded';
import type { Entries, MessageRouting, OutboxRow } from '../runtime';
import { kitTables } from '../sql';
import type { Stores } from '../sql';
import { EnvelopeReader } from '../testing/envelope-reader';
import { digestOf } from './digest-of';
import type { CommitSeen, History, MessageSeen, RecordSeen, SagaSeen, ServiceSeen } from './history';
import type { SimulatedRecord } from './simulated-log';

type Committed = Omit<CommitSeen, 'sent'> & { readonly outbox: readonly OutboxRow[] };

/** Writes down what is committed, and reads all of it when it is over. */
export class HistoryRecorder {
  private readonly commits: Committed[] = [];
  private readonly known = new Map<Buffer, Pick<RecordSeen, 'message' | 'digest'>>();

  private readonly reader: EnvelopeReader;

  constructor(registry: EmbeddedRegistry) {
    this.reader = new EnvelopeReader(registry);
  }

  commit(
    from: Pick<CommitSeen, 'service' | 'instance' | 'lane' | 'producer'>,
    rows: Entries,
    outbox: readonly OutboxRow[],
  ): void {
    const seen = [...rows].flatMap(([{ name }, entries]) =>
      entries.flatMap(({ id, item, write }) =>
        write ? [{ table: name, write, id, item: item as Record<string, unknown> | undefined }] : [],
      ),
    );
    this.commits.push({ ...from, rows: seen, outbox });
  }

  async history(
    records: readonly SimulatedRecord[],
    stores: ReadonlyMap<string, Stores>,
    routings: ReadonlyMap<string, MessageRouting>,
  ): Promise<History> {
    const services: ServiceSeen[] = [];
    for (const [name, routing] of routings) services.push(await serviceSeen(name, routing, stores.get(name)!));
    return {
      commits: this.commits.map(({ outbox, ...commit }) => ({
        ...commit,
        sent: outbox.map(({ seq, topic, key, value }) => ({ seq, topic, key, ...this.read(value) })),
      })),
      records: records.map((record) => this.record(record)),
      services,
    };
  }

  private record({ topic, partition, offset, key, value, injected, atMs }: SimulatedRecord): RecordSeen {
    const seen = this.read(value ?? Buffer.of());
    return { topic, partition, offset: Number(offset), key: key?.toString(), ...seen, atMs, injected };
  }

  /** Mostly the very same bytes are in the outbox and on the log. */
  private read(value: Buffer): Pick<RecordSeen, 'message' | 'digest'> {
    let read = this.known.get(value);
    if (!read) {
      this.known.set(value, (read = { message: this.messageIn(value), digest: digestOf(value) }));
    }
    return read;
  }

  private messageIn(value: Buffer): MessageSeen | undefined {
    const read = this.reader.read(value); // there may be garbage, which somebody has put there
    if (!read) return undefined;
    const { id, causationId, target, txId, code } = read.envelope as Omit<MessageSeen, 'type'>;
    return { type: read.name, id, causationId, target, txId, code };
  }
}

async function serviceSeen(name: string, routing: MessageRouting, { reader }: Stores): Promise<ServiceSeen> {
  const tables: Record<string, readonly Record<string, unknown>[]> = {};
  const kit = [...kitTables].map((table) => table.name);
  const own = await reader.query<{ name: string }[]>((knex) =>
    knex('sqlite_master').select('name').where({ type: 'table' }).orderBy('name'),
  );
  for (const table of new Set([...kit, ...own.map((each) => each.name)]))
    if (!/^(sqlite_|kit_migrations)/.test(table)) tables[table] = await reader.query((knex) => knex(table).select());
  const sagas: SagaSeen[] = routing.sagas.map((saga) => ({
    name: saga.name,
    steps: saga.steps.map((step) => ({
      kind: step.kind,
      command: step.do.name,
      undo: step.kind === 'compensatable' && step.undo !== 'nothing' ? step.undo.name : undefined,
    })),
  }));
  return { name, topics: routing.topics, sagas, tables };
}
