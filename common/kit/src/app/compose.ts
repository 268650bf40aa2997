import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { Dispatcher } from '../dispatcher';
import type { Orchestrator } from '../orchestrator';
import { UnitOfWork } from '../ports';
import { Projection } from '../projection';
import {
  MessageHandler,
  MessageRouting,
  tablesIn,
  UnitsOfWork,
  type BoundProjection,
  type Table,
  type UnitOfWorkDefinition,
} from '../runtime';
import { checkStreams } from './check-streams';
import type { ServiceLiteral } from './service-literal';

/** A service whose parts are put together, what it listens to and sends, and the tables that it needs. */
export interface ComposedService {
  readonly container: Container;
  readonly routing: MessageRouting;
  readonly tables: ReadonlySet<Table>;
  readonly projections: readonly BoundProjection[];
}

type MakeWork = (definition: UnitOfWorkDefinition) => UnitOfWork<unknown>;

/**
 * Puts the parts of a service together. All of its units of work are made, whoever uses them: which tables they need and
 * what they emit is to be known before anything runs. `makeWork` makes one; `bindPorts` binds what the service is lent.
 */
export function compose(
  { bindings }: ServiceLiteral,
  makeWork: MakeWork,
  bindPorts: (container: Container) => void,
): ComposedService {
  const container = new Container({ defaultScope: 'Singleton' });
  const made = new Map<unknown, UnitOfWorkDefinition>();
  container.bind(UnitsOfWork).toConstantValue(worksIn(made, makeWork));
  bindPorts(container);
  const tokens = new Set<ServiceIdentifier>();
  container.loadSync(noting(bindings, tokens));
  for (const token of tokens) if (isWork(token)) container.get(token);
  const definitions = [...made.values()];
  const definitionOf = ({ work }: Dispatcher | Orchestrator | Projection): UnitOfWorkDefinition => {
    const known = made.get(container.get(work));
    if (known) return known;
    throw new Error(
      'the unit of work of a message handler or a projection has to be bound with UnitsOfWork: bind(MyWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(MyWork, …), [UnitsOfWork])',
    );
  };
  const emits = definitions.flatMap((each) => each.emits);
  const routing = new MessageRouting(
    all(container, MessageHandler) as (Dispatcher | Orchestrator)[],
    definitionOf,
    emits,
  );
  const projections = all(container, Projection).map((projection) => ({
    projection,
    definition: definitionOf(projection),
  }));
  checkStreams(definitions, projections);
  return { container, routing, projections, tables: new Set(definitions.flatMap(({ tables }) => tablesIn(tables))) };
}

export const all = <T>(container: Container, token: ServiceIdentifier<T>): T[] =>
  container.isBound(token) ? container.getAll<T>(token) : [];

const worksIn = (made: Map<unknown, UnitOfWorkDefinition>, makeWork: MakeWork): UnitsOfWork => ({
  of: (token, tables, ...[emits]) => {
    if (!isWork(token))
      throw new Error(`${token.name} does not extend UnitOfWork, as the token of a unit of work does`);
    const definition = { tables, emits: emits ?? [] } as UnitOfWorkDefinition;
    const work = makeWork(definition);
    made.set(work, definition);
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
