import { createHash } from 'node:crypto';
import { avroTypeOf } from '../codec';
import type { EmbeddedRegistry } from '../embedded';
import type { Entries, MessageRouting, OutboxRow } from '../runtime';
import { kitTables } from '../sql';
import type { Stores } from '../sql';
import type { CommitSeen, History, MessageSeen, RecordSeen, SagaSeen, ServiceSeen } from './history';
import type { SimulatedRecord } from './simulated-log';

type Committed = Omit<CommitSeen, 'sent'> & { readonly outbox: readonly OutboxRow[] };

/** Writes down what is committed, and reads all of it when it is over. */
export class HistoryRecorder {
  private readonly commits: Committed[] = [];
  private readonly known = new Map<Buffer, Pick<RecordSeen, 'message' | 'digest'>>();
  private readonly types = new Map<number, { readonly name: string; readonly type: ReturnType<typeof avroTypeOf> }>();

  constructor(private readonly registry: EmbeddedRegistry) {}

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
      const digest = createHash('sha256').update(value).digest('hex');
      this.known.set(value, (read = { message: this.messageIn(value), digest }));
    }
    return read;
  }

  private messageIn(value: Buffer): MessageSeen | undefined {
    try {
      const { name, type } = this.typeOf(value.readInt32BE(1));
      const envelope = type.fromBuffer(value.subarray(5)) as Omit<MessageSeen, 'type'>;
      const { id, causationId, target, txId, code } = envelope;
      return { type: name, id, causationId, target, txId, code };
    } catch {
      return undefined; // garbage, which somebody has put there
    }
  }

  private typeOf(schemaId: number) {
    let known = this.types.get(schemaId);
    if (!known) {
      const schema = JSON.parse(this.registry.schemaNow(schemaId)!) as { namespace: string; name: string };
      const { namespace, name } = schema;
      const short = namespace.slice(namespace.lastIndexOf('.') + 1);
      known = { name: name === 'TargetEventMessage' ? short : name, type: avroTypeOf(schema as never) };
      this.types.set(schemaId, known);
    }
    return known;
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
