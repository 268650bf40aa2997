export { avroTypeOf, canonical, fullNameOf } from './avro-schema';
export { Codec, UnknownSchemaId } from './codec';
export type { Decoded, Listening } from './codec';
export { contractNameOf, errorSchema, subjectOf, subjectsOf, targetSchema } from './envelope-schema';
export { IncompatibleSchema, RegistryUnavailable, SchemaRegistry } from './schema-registry';
export type { RegisteredSchema } from './schema-registry';
export { Undecodable } from './undecodable';
export type { UndecodableReason } from './undecodable';
