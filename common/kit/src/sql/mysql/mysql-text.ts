import { escape } from 'mysql2';
import { DatabaseFault, type SqlValue } from '../../runtime';

/** A value as it stands in a statement; the connection's character set is UTF-8, and a backslash escapes. */
export function literal(value: SqlValue | undefined): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Buffer.isBuffer(value)) return `x'${value.toString('hex')}'`;
  throw new DatabaseFault('refused', `a column takes a text, a finite number, bytes or null, not ${kindOf(value)}`);
}

const kindOf = (value: unknown): string => (typeof value === 'number' ? String(value) : typeof value);

/** A row as it stands behind `values`. */
export function rowLiteral(values: readonly (SqlValue | undefined)[]): string {
  let text = '(';
  for (let index = 0; index < values.length; index++) text += (index === 0 ? '' : ',') + literal(values[index]);
  return `${text})`;
}

/** How much the server takes at once. */
export class Packet {
  /** So many characters always fit: none takes more than three bytes (one beyond 16 bits is two characters, four bytes). */
  private readonly charsMax: number;

  /** `bytesMax`: the server's `max_allowed_packet`. */
  constructor(private readonly bytesMax: number) {
    this.charsMax = Math.floor((bytesMax - overheadBytes) / 3);
  }

  /** Statements with as many rows in each as fit. */
  statements(head: string, rows: readonly string[], tail = ''): string[] {
    return this.grouped(rows, head.length + tail.length).map((some) => head + some.join(',') + tail);
  }

  /** Round trips with as many statements in each as fit. Throws a `DatabaseFault` for a statement that never will. */
  trips(statements: readonly string[]): (readonly string[])[] {
    return this.grouped(statements, 0);
  }

  private grouped(parts: readonly string[], chars: number): string[][] {
    const groups: string[][] = [];
    let room = 0;
    for (const part of parts) {
      if (part.length + chars > this.charsMax) this.check(part);
      if (part.length + 1 > room || groups.length === 0) {
        groups.push([]);
        room = this.charsMax - chars;
      }
      groups.at(-1)!.push(part);
      room -= part.length + 1;
    }
    return groups;
  }

  private check(part: string): void {
    const bytes = Buffer.byteLength(part) + overheadBytes;
    if (bytes > this.bytesMax)
      throw new DatabaseFault(
        'refused',
        `a row takes ${bytes} bytes as SQL, and the database ${this.bytesMax}: raise its max_allowed_packet`,
      );
  }
}

/** For what stands around a row, and around a text on the wire. */
const overheadBytes = 10_000;
