/** Why a value cannot be handed to anybody. It parks alone, with its bytes, and blocks nobody. */
export type UndecodableReason =
  | 'empty' // no value at all
  | 'not-avro' // no magic byte and schema id
  | 'unknown-schema' // the registry does not know the id
  | 'unexpected-type' // readable, but nothing that this service listens to on this topic, and it is strict about that
  | 'incompatible-schema' // its writer's schema cannot be read with ours
  | 'corrupt' // the bytes are not what their schema says
  | 'bad-envelope'; // an id, key or name that no sender of this kit would write

export class UndecodableMessage extends Error {
  override readonly name = 'UndecodableMessage';
  constructor(
    readonly reason: UndecodableReason,
    message: string,
  ) {
    super(message);
  }
}
