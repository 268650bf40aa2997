import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { Dispatcher } from '../dispatcher';
import type { Orchestrator } from '../orchestrator';
import { UnitOfWork } from '../ports';
import { Listener, Listeners, Works, type Means } from '../runtime';
import type { ServiceLiteral } from './service-literal';

/** A service whose parts are put together, and what it listens to and sends. */
export interface Composed {
  readonly container: Container;
  readonly listeners: Listeners;
}

/**
 * Puts the parts of a service together. All of its units of work are made, whoever uses them: what they emit is to be known
 * before anything runs. `workOf` makes one; `bindPorts` binds what the service is lent.
 */
export function compose(
  { bindings }: ServiceLiteral,
  workOf: (means: Means) => UnitOfWork<unknown>,
  bindPorts: (container: Container) => void,
): Composed {
  const container = new Container({ defaultScope: 'Singleton' });
  const made = new Map<unknown, Means>();
  const works: Works = {
    of: (_token, tables, ...[emits]) => {
      const means = { tables, emits: emits ?? [] } as Means;
      const work = workOf(means);
      made.set(work, means);
      return work as never;
    },
  };
  container.bind(Works).toConstantValue(works);
  bindPorts(container);
  const tokens: ServiceIdentifier[] = [];
  container.load(noting(bindings, (token) => tokens.push(token)));
  for (const token of new Set(tokens.filter(isWork))) container.get(token);
  const emits = [...made.values()].flatMap((means) => means.emits);
  const meansOf = ({ work }: Dispatcher | Orchestrator): Means => {
    const means = made.get(container.get(work));
    if (means) return means;
    throw new Error(
      "a listener's unit of work has to be bound with Works: bind(MyWork).toResolvedValue((works) => works.of(MyWork, …), [Works])",
    );
  };
  return {
    container,
    listeners: new Listeners(all(container, Listener) as (Dispatcher | Orchestrator)[], meansOf, emits),
  };
}

export const all = <T>(container: Container, token: ServiceIdentifier<T>): T[] =>
  container.isBound(token) ? container.getAll<T>(token) : [];

/** The same bindings; `note` is told of what is bound. */
const noting = (bindings: ContainerModule, note: (token: ServiceIdentifier) => void): ContainerModule =>
  new ContainerModule((options) =>
    bindings.load({
      ...options,
      bind: (token) => {
        note(token);
        return options.bind(token);
      },
    }),
  );

const isWork = (token: ServiceIdentifier): boolean =>
  typeof token === 'function' && token.prototype instanceof UnitOfWork;
