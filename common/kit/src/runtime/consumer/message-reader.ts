import { UndecodableMessage, UnknownSchemaId, type Codec, type DecodedMessage } from '../../codec';
import { defaultBudgetMs, isCommand } from '../../contract';
import type { ConsumerRecord } from '../ports/broker';
import type { HandlerContext } from '../handling/handler-context';
import type { MessageRouting } from './message-routing';
import type { Orchestration } from '../saga/orchestrate';
import { checkEnvelope } from '../handling/check-envelope';

/** A record as it was understood, and who handles it. */
export type ReadMessage =
  | { readonly decoded: DecodedMessage; readonly handle: (context: HandlerContext) => Promise<void> }
  | { readonly undecodable: UndecodableMessage };

/** For how long it is tried. */
export function budgetMsOf(content: ReadMessage): number {
  const contract = 'decoded' in content ? content.decoded.contract : undefined;
  return contract && isCommand(contract) ? contract.budgetMs : defaultBudgetMs;
}

/** Understands records. */
export class MessageReader {
  constructor(
    private readonly codec: Pick<Codec, 'decode'>,
    private readonly routing: Pick<MessageRouting, 'handlerOf'>,
    private readonly sagas: Orchestration,
    /** What is of a type that nobody here listens to is not passed over. */
    private readonly strict: boolean,
  ) {}

  /** `undefined` for what is not for us: a message of another type, an answer to somebody else's saga. */
  of(record: ConsumerRecord): ReadMessage | UnknownSchemaId | undefined {
    try {
      const decoded = this.codec.decode(record.topic, record.value);
      if (!decoded) return this.foreign(record);
      checkEnvelope(record, decoded);
      const handle = this.routing.handlerOf(record.topic, decoded, this.sagas);
      return handle && { decoded, handle };
    } catch (error) {
      if (error instanceof UnknownSchemaId) return error;
      if (error instanceof UndecodableMessage) return { undecodable: error };
      return { undecodable: new UndecodableMessage('corrupt', String(error)) };
    }
  }

  /** Whoever shares a topic meets what is for others. */
  private foreign({ topic }: ConsumerRecord): ReadMessage | undefined {
    if (!this.strict) return undefined;
    return {
      undecodable: new UndecodableMessage('unexpected-type', `nobody in this service listens to this type on ${topic}`),
    };
  }
}
