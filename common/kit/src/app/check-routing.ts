import { subjectOf } from '../codec';
import { commandsOf, type MessageRouting } from '../runtime';
import { routingOf } from './routing-of';
import type { ServiceLiteral } from './service-literal';

/**
 * For where all services of a system are known: throws when a saga sends a command that none of them listens to. Whoever
 * sends a command listens to its replies, so these need no check; an event may be for nobody.
 */
export function checkRouting(services: readonly ServiceLiteral[]): void {
  const faults = unheardCommands(services.map(routingOf)).map(
    ({ saga, name, topic }) => `${saga} sends ${name} to ${topic}, and no service listens to it`,
  );
  if (faults.length > 0) throw new Error(`${faults.join('\n')}: add it to the contracts of a dispatcher`);
}

/** A command that a saga sends and nobody listens to. */
export interface UnheardCommand {
  readonly saga: string;
  readonly name: string;
  readonly topic: string;
}

export function unheardCommands(all: readonly MessageRouting[]): readonly UnheardCommand[] {
  const listening = all.flatMap((each) => each.listening());
  const heard = new Set(listening.map(({ topic, contract }) => contract && subjectOf(topic, contract.schema)));
  return all
    .flatMap(({ sagas }) => sagas)
    .flatMap((saga) =>
      commandsOf(saga)
        .filter(({ topic, schema }) => !heard.has(subjectOf(topic, schema)))
        .map(({ name, topic }) => ({ saga: saga.name, name, topic })),
    );
}
