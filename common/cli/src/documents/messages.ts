import type { AvroRecord } from 'saga-kit';
import type { ServiceLiteral } from 'saga-kit/service';
import { contractNameOf, errorSchema, fullNameOf, routingOf, targetSchema, topicOf } from 'saga-kit/tools';

/** A type of message on a topic, and who sends it and listens to it. */
export interface DescribedMessage {
  /** The contract's full name, or `saga.ErrorEventMessage`. */
  readonly name: string;
  readonly topic: string;
  /** The whole envelope. */
  readonly schema: AvroRecord;
  readonly senders: ReadonlySet<string>;
  readonly listeners: ReadonlySet<string>;
}

interface Growing extends DescribedMessage {
  readonly senders: Set<string>;
  readonly listeners: Set<string>;
}

/** Everything that the services say to each other, by topic and name. */
export function messagesOf(services: readonly ServiceLiteral[]): readonly DescribedMessage[] {
  const messages = new Map<string, Growing>();
  const messageOn = (topic: string, schema: AvroRecord): Growing => {
    const name = contractNameOf(schema) ?? fullNameOf(schema);
    const known = messages.get(`${topic} ${name}`);
    if (known) return known;
    const made: Growing = { name, topic, schema, senders: new Set(), listeners: new Set() };
    messages.set(`${topic} ${name}`, made);
    return made;
  };
  for (const service of services) {
    const routing = routingOf(service);
    for (const [subject, schema] of routing.sends())
      messageOn(topicOf(subject, schema), schema).senders.add(service.name);
    for (const { topic, contract } of routing.listening())
      messageOn(topic, contract ? targetSchema(contract) : errorSchema).listeners.add(service.name);
  }
  return [...messages.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

const keyOf = ({ topic, name }: DescribedMessage): string => `${topic} ${name}`;
