import type { Codec } from '../../codec';
import type { ProducerRecord } from '../ports/broker';

/** What a record is sent with: it may get headers. */
export type Described = <Row extends ProducerRecord>(record: Row) => Row;

/** As it is. */
export const undescribed: Described = (record) => record;

/**
 * Says in headers what is in the envelope, for readers that know CloudEvents and not our schemas: its binary content mode,
 * with the value as it is. What another version of the service has left, in a schema that this one does not write, goes without.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export const asCloudEvent = (codec: Pick<Codec, 'headOf'>, service: string): Described => {
  const common = [
    ['ce_specversion', Buffer.from('1.0')],
    ['ce_source', Buffer.from(service)],
    ['content-type', Buffer.from('application/avro')],
  ] as const;
  return (record) => {
    const head = codec.headOf(record.value);
    if (!head) return record;
    const { type, id, occurredAt } = head;
    const own = { ce_id: id, ce_type: type, ce_time: occurredAt.toISOString() };
    const fields = Object.entries(own).map(([name, value]) => [name, Buffer.from(value)] as const);
    return { ...record, headers: [...(record.headers ?? []), ...common, ...fields] };
  };
};
