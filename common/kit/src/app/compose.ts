import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { Dispatcher } from '../dispatcher';
import type { Orchestrator } from '../orchestrator';
import { UnitOfWork } from '../ports';
import { Listener, Listeners, Works, type Means, type Table } from '../runtime';
import type { ServiceLiteral } from './service-literal';

/** A service whose parts are put together, what it listens to and sends, and the tables that it needs. */
export interface Composed {
  readonly container: Container;
  readonly listeners: Listeners;
  readonly tables: ReadonlySet<Table>;
}

type MakeWork = (means: Means) => UnitOfWork<unknown>;

/**
 * Puts the parts of a service together. All of its units of work are made, whoever uses them: which tables they need and
 * what they emit is to be known before anything runs. `makeWork` makes one; `bindPorts` binds what the service is lent.
 */
export function compose(
  { bindings }: ServiceLiteral,
  makeWork: MakeWork,
  bindPorts: (container: Container) => void,
): Composed {
  const container = new Container({ defaultScope: 'Singleton' });
  const made = new Map<unknown, Means>();
  container.bind(Works).toConstantValue(worksIn(made, makeWork));
  bindPorts(container);
  const tokens = new Set<ServiceIdentifier>();
  container.load(noting(bindings, tokens));
  for (const token of tokens) if (isWork(token)) container.get(token);
  const means = [...made.values()];
  const meansOf = ({ work }: Dispatcher | Orchestrator): Means => {
    const known = made.get(container.get(work));
    if (known) return known;
    throw new Error(
      "a listener's unit of work has to be bound with Works: bind(MyWork).toResolvedValue((works) => works.of(MyWork, …), [Works])",
    );
  };
  const emits = means.flatMap((each) => each.emits);
  const listeners = new Listeners(all(container, Listener) as (Dispatcher | Orchestrator)[], meansOf, emits);
  return { container, listeners, tables: new Set(means.flatMap(({ tables }) => Object.values(tables))) };
}

export const all = <T>(container: Container, token: ServiceIdentifier<T>): T[] =>
  container.isBound(token) ? container.getAll<T>(token) : [];

const worksIn = (made: Map<unknown, Means>, makeWork: MakeWork): Works => ({
  of: (token, tables, ...[emits]) => {
    if (!isWork(token))
      throw new Error(`${token.name} does not extend UnitOfWork, as the token of a unit of work does`);
    const means = { tables, emits: emits ?? [] } as Means;
    const work = makeWork(means);
    made.set(work, means);
    return work as never;
  },
});

/** The same bindings; notes what is bound. */
const noting = (bindings: ContainerModule, tokens: Set<ServiceIdentifier>): ContainerModule =>
  new ContainerModule((options) =>
    bindings.load({
      ...options,
      bind: (token) => {
        tokens.add(token);
        return options.bind(token);
      },
    }),
  );

const isWork = (token: ServiceIdentifier): boolean =>
  typeof token === 'function' && token.prototype instanceof UnitOfWork;
