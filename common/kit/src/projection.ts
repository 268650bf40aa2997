import type { Aggregate, Recorded } from './aggregate';
import type { UnitOfWorkToken } from './ports';

/**
 * Says what each event of some aggregates does to a read model: every type of event is handled, or said to be `ignored`.
 * The service applies all events of its database in the order of their commits, each exactly once: what a handler puts is
 * committed with the position. The tables of `work` are the projection's own: a rebuild deletes all their rows.
 *
 * @example
 * ```ts
 * import { aggregate, projection, UnitOfWork, type Repository } from 'saga-kit';
 *
 * type Opened = Readonly<{ type: 'AccountOpened'; owner: string }>;
 * const account = aggregate({ name: 'account', initial: 0, evolve: (count: number, _: Opened) => count + 1 });
 * type Owner = Readonly<{ name: string; accounts: number }>;
 * abstract class OwnersWork extends UnitOfWork<{ owners: Repository<Owner> }> {}
 *
 * export const owners = projection('owners', OwnersWork, [account], {
 *   account: {
 *     AccountOpened: async ({ event: { owner: name } }, { owners }) => {
 *       const known = await owners.get(name);
 *       owners.put({ name, accounts: (known?.accounts ?? 0) + 1 });
 *     },
 *   },
 * });
 * ```
 */
export function projection<Own, A extends Aggregate>(
  name: string,
  work: UnitOfWorkToken<Own>,
  aggregates: readonly A[],
  handlers: ProjectionHandlers<A, Own>,
): Projection {
  if (!/^[\w.-]{1,60}$/.test(name))
    throw new Error(`a projection's name is 1 to 60 letters, digits and . _ -, and not ${JSON.stringify(name)}`);
  return { name, work, aggregates, handlers: handlers as Projection['handlers'] };
}

/** A read model that follows from events. Bind one for each: `bind(Projection).toConstantValue(owners)`. */
export abstract class Projection {
  abstract readonly name: string;
  abstract readonly work: UnitOfWorkToken<any>;
  abstract readonly aggregates: readonly Aggregate[];
  abstract readonly handlers: Readonly<Record<string, Readonly<Record<string, Apply<any, any> | 'ignored'>>>>;
}

/** What is done with each type of event, by the name of its aggregate: a forgotten one does not compile. */
export type ProjectionHandlers<A extends Aggregate, Own> = {
  readonly [Name in A['name']]: HandlersOf<EventOf<Extract<A, { readonly name: Name }>>, Own>;
};
type HandlersOf<Event extends { readonly type: string }, Own> = {
  readonly [Type in Event['type']]: Apply<Extract<Event, { readonly type: Type }>, Own> | 'ignored';
};
type EventOf<A> = A extends Aggregate<string, any, infer Event> ? Event : never;
type Apply<Event extends { readonly type: string }, Own> = (
  recorded: Recorded<Event>,
  repositories: Readonly<Own>,
) => Promise<void>;
