import { Undecodable, UnknownSchemaId, type Codec, type Decoded } from '../codec';
import type { Incoming } from './broker';
import type { Desk } from './engine';
import type { Listeners } from './listeners';
import { checkEnvelope } from './received';

/** A record as it was understood, and who handles it. */
export type Content =
  { readonly decoded: Decoded; readonly handle: (desk: Desk) => Promise<void> } | { readonly undecodable: Undecodable };

/** Understands records. */
export class Contents {
  constructor(
    private readonly codec: Pick<Codec, 'decode'>,
    private readonly listeners: Pick<Listeners, 'handlerOf'>,
    /** What is of a type that nobody here listens to is not passed over. */
    private readonly strict: boolean,
  ) {}

  /** `undefined` for what is not for us: a message of another type, an answer to somebody else's saga. */
  of(record: Incoming): Content | UnknownSchemaId | undefined {
    try {
      const decoded = this.codec.decode(record.topic, record.value);
      if (!decoded) return this.foreign(record);
      checkEnvelope(record, decoded);
      const handle = this.listeners.handlerOf(record.topic, decoded);
      return handle && { decoded, handle };
    } catch (error) {
      if (error instanceof UnknownSchemaId) return error;
      if (error instanceof Undecodable) return { undecodable: error };
      return { undecodable: new Undecodable('corrupt', String(error)) };
    }
  }

  /** Whoever shares a topic meets what is for others. */
  private foreign({ topic }: Incoming): Content | undefined {
    if (!this.strict) return undefined;
    return {
      undecodable: new Undecodable('unexpected-type', `nobody in this service listens to this type on ${topic}`),
    };
  }
}
