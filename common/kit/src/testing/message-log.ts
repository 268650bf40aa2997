import { avroTypeOf } from '../codec';
import type { LogRecord, EmbeddedRegistry, LogFile } from '../embedded';

/** A message on a topic, as anybody could read it. */
export interface Seen {
  readonly topic: string;
  readonly name: string;
  readonly envelope: any;
}

/** Reads everything that is on the topics, in the order in which it came there. */
export class MessageLog {
  constructor(
    private readonly log: LogFile,
    private readonly registry: EmbeddedRegistry,
  ) {}

  names(): string[] {
    return this.all().map(({ name, envelope }) => envelope?.code ?? name);
  }

  all(): Seen[] {
    return this.records().map(({ topic, value }) => ({ topic, ...this.read(value) }));
  }

  records(): LogRecord[] {
    return this.log.database.prepare('select topic, key, value from records order by rowid').all() as LogRecord[];
  }

  private read(value: Buffer | null): Omit<Seen, 'topic'> {
    try {
      const schema = JSON.parse(this.registry.schemaNow(value!.readInt32BE(1))!);
      const { namespace, name } = schema as { namespace: string; name: string };
      const short = namespace.slice(namespace.lastIndexOf('.') + 1);
      return {
        name: name === 'TargetEventMessage' ? short : name,
        envelope: avroTypeOf(schema).fromBuffer(value!.subarray(5)),
      };
    } catch {
      return { name: 'garbage', envelope: undefined };
    }
  }
}
