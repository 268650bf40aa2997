import { checkListeners, listenersOf, type ServiceLiteral } from 'saga-kit/app';
import { canonical, fullNameOf, type RegisteredSchema } from 'saga-kit/codec';
import type { Listeners } from 'saga-kit/runtime';

/** What a system needs of a broker and of a registry. */
export interface Traffic {
  /** Everything that is sent, by the subject it is registered under. */
  readonly schemas: ReadonlyMap<string, RegisteredSchema>;
  /** Everything that is sent to or listened to. */
  readonly topics: readonly string[];
}

/** Of a whole system: throws when something is sent in it that nobody listens to. */
export function trafficOf(services: readonly ServiceLiteral[]): Traffic {
  checkListeners(services);
  const schemas = new Map<string, RegisteredSchema>();
  const topics = new Set<string>();
  for (const listeners of services.map(listenersOf)) {
    for (const topic of [...listeners.topics, ...sentTopics(listeners)]) topics.add(topic);
    for (const [subject, schema] of listeners.sends()) schemas.set(subject, JSON.stringify(canonical(schema)));
  }
  return {
    schemas: new Map([...schemas].sort(([one], [other]) => (one < other ? -1 : 1))),
    topics: [...topics].sort(),
  };
}

/** The topics that a service sends to. */
export function sentTopics(listeners: Listeners): string[] {
  const subjects = [...listeners.sends()];
  return [...new Set(subjects.map(([subject, schema]) => subject.slice(0, -`-${fullNameOf(schema)}`.length)))].sort();
}
