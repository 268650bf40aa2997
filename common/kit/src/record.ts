import type { AvroRecord, AvroValue, Shape } from './avro';
import { checkSchema } from './check-schema';
import type { CheckedSchema } from './checked-schema';

/**
 * A record that is not a message by itself: a part of several contracts, or the state of a saga.
 *
 * @example
 * ```ts
 * import { record, timestamp } from 'saga-kit';
 *
 * export const Line = record({
 *   type: 'record',
 *   name: 'Line',
 *   namespace: 'order',
 *   fields: [
 *     { name: 'productId', type: 'long' },
 *     { name: 'since', type: ['null', timestamp], default: null },
 *   ],
 * });
 * ```
 */
export function record<const R extends AvroRecord>(literal: R & CheckedSchema<R>): R & Shape<AvroValue<R>> {
  checkSchema(`record ${literal.namespace}.${literal.name}`, literal);
  return literal;
}
