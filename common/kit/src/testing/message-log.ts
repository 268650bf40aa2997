import type { LogRecord, EmbeddedRegistry, LogFile } from '../embedded';
import { EnvelopeReader } from './envelope-reader';

/** A message on a topic, as anybody could read it. */
export interface Seen {
  readonly topic: string;
  readonly name: string;
  readonly envelope: any;
}

/** Reads everything that is on the topics, in the order in which it came there. */
export class MessageLog {
  private readonly reader: EnvelopeReader;

  constructor(
    private readonly log: LogFile,
    registry: EmbeddedRegistry,
  ) {
    this.reader = new EnvelopeReader(registry);
  }

  names(): string[] {
    return this.all().map(({ name, envelope }) => envelope?.code ?? name);
  }

  all(): Seen[] {
    return this.records().map(({ topic, value }) => ({ topic, ...(this.reader.read(value) ?? garbage) }));
  }

  records(): LogRecord[] {
    return this.log.database.prepare('select topic, key, value from records order by rowid').all() as LogRecord[];
  }
}

const garbage = { name: 'garbage', envelope: undefined };
