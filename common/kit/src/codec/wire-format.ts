import type { Type } from 'avsc';
import { UndecodableMessage } from './undecodable-message';

/** Confluent's wire format: a zero byte, the schema id as a big-endian int, the Avro body. */
export const headBytes = 5;

/** The schema id of a value. Throws `UndecodableMessage` for what is not in this format. */
export function schemaIdOf(value: Buffer | null): number {
  if (value === null || value.length === 0) throw new UndecodableMessage('empty', 'the message has no value');
  if (value.length < headBytes || value[0] !== 0)
    throw new UndecodableMessage(
      'not-avro',
      `${value.length} bytes that do not begin with a zero byte and a schema id`,
    );
  const id = value.readInt32BE(1);
  if (id < 1) throw new UndecodableMessage('unknown-schema', `no registry gives the id ${id} to a schema`);
  return id;
}

/** Values are cut from a shared slab: one allocation serves some hundred messages. */
export class Writer {
  private slab = Buffer.allocUnsafeSlow(slabBytes);
  private used = 0;

  write(schemaId: number, type: Type, value: unknown): Buffer {
    if (slabBytes - this.used < spareBytes) this.renew();
    const from = this.used;
    const end = type.encode(value, this.slab, from + headBytes);
    if (end < 0) return head(schemaId, Buffer.concat([Buffer.alloc(headBytes), type.toBuffer(value)]));
    this.used = end;
    return head(schemaId, this.slab.subarray(from, end));
  }

  private renew(): void {
    this.slab = Buffer.allocUnsafeSlow(slabBytes);
    this.used = 0;
  }
}
const slabBytes = 65_536;
const spareBytes = 2_048;

function head(schemaId: number, value: Buffer): Buffer {
  value[0] = 0;
  value.writeInt32BE(schemaId, 1);
  return value;
}
