import type { ServiceLiteral } from 'saga-kit/service';
import { canonical, checkRouting, type MessageRouting, routingOf, topicOf } from 'saga-kit/tools';
import type { RegisteredSchema } from 'saga-kit/runtime';

/** What a system needs of a broker and of a registry. */
export interface Traffic {
  /** Everything that is sent, by the subject it is registered under. */
  readonly schemas: ReadonlyMap<string, RegisteredSchema>;
  /** Everything that is sent to or listened to. */
  readonly topics: readonly string[];
}

/** Of a whole system: throws when something is sent in it that nobody listens to. */
export function trafficOf(services: readonly ServiceLiteral[]): Traffic {
  checkRouting(services);
  const schemas = new Map<string, RegisteredSchema>();
  const topics = new Set<string>();
  for (const routing of services.map(routingOf)) {
    for (const topic of [...routing.topics, ...sentTopics(routing)]) topics.add(topic);
    for (const [subject, schema] of routing.sends()) schemas.set(subject, JSON.stringify(canonical(schema)));
  }
  return {
    schemas: new Map([...schemas].sort(([one], [other]) => (one < other ? -1 : 1))),
    topics: [...topics].sort(),
  };
}

/** The topics that a service sends to. */
export function sentTopics(routing: MessageRouting): string[] {
  return [...new Set([...routing.sends()].map(([subject, schema]) => topicOf(subject, schema)))].sort();
}
