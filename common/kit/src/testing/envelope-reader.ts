import { avroTypeOf } from '../codec';
import type { EmbeddedRegistry } from '../embedded';

/** Reads what is on topics, whatever it is, as anybody could who knows the registry. */
export class EnvelopeReader {
  private readonly types = new Map<number, { readonly name: string; readonly type: ReturnType<typeof avroTypeOf> }>();

  constructor(private readonly registry: EmbeddedRegistry) {}

  /** The short name of the contract, or of the refusal's schema; `undefined` for what cannot be read. */
  read(value: Buffer | null): { readonly name: string; readonly envelope: any } | undefined {
    try {
      const { name, type } = this.typeOf(value!.readInt32BE(1));
      return { name, envelope: type.fromBuffer(value!.subarray(5)) };
    } catch {
      return undefined;
    }
  }

  private typeOf(schemaId: number) {
    let known = this.types.get(schemaId);
    if (!known) {
      const schema = JSON.parse(this.registry.schemaNow(schemaId)!);
      const { namespace, name } = schema as { namespace: string; name: string };
      const short = namespace.slice(namespace.lastIndexOf('.') + 1);
      known = { name: name === 'TargetEventMessage' ? short : name, type: avroTypeOf(schema) };
      this.types.set(schemaId, known);
    }
    return known;
  }
}
