import {
  dispatcher,
  event,
  UnitOfWork,
  type Dispatcher,
  type Handlers,
  type Repository,
  type TargetEventMessage,
} from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  integer,
  key,
  MessageHandler,
  service,
  type ServiceLiteral,
  table,
  text,
  UnitsOfWork,
} from 'saga-kit/service';
import type { Stores } from 'saga-kit/runtime';

/** Services that only tell each other what has happened, in three events, each on a topic of its own. */
const fields = [
  { name: 'text', type: 'string' },
  { name: 'hops', type: 'int' },
] as const;

/** `prefix` sets names, topics and schemas apart. */
export function tellers(prefix = '') {
  const common = { type: 'record', namespace: `${prefix}tale`, fields } as const;
  const First = event({ ...common, name: 'First', topic: `${prefix}first` });
  const Second = event({ ...common, name: 'Second', topic: `${prefix}second` });
  const Third = event({ ...common, name: 'Third', topic: `${prefix}third` });
  const all = [First, Second, Third] as const;
  type Told = (typeof all)[number];
  abstract class TellWork extends UnitOfWork<{}, Told> {}

  /** A service that hears these, and what it says then. */
  const teller = <C extends Told>(
    name: string,
    contracts: Parameters<typeof dispatcher<C, {}, Told>>[0],
    handlers: Handlers<C, {}, Told>,
  ): ServiceLiteral =>
    service({
      name: `${prefix}${name}`,
      migrations: [],
      bindings: new ContainerModule(({ bind }) => {
        bind(TellWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TellWork, {}, all), [UnitsOfWork]);
        bind(MessageHandler).toConstantValue(dispatcher(contracts, TellWork, handlers));
      }),
    });
  const hearing = dispatcher(all, HearWork, { First: hear, Second: hear, Third: hear });
  return { First, Second, Third, all, TellWork, teller, listener: listenerWith(`${prefix}listener`, hearing) };
}

/** What a listener has heard, and how often it took it for something new. */
export type Heard = Readonly<{ id: string; txId: string; text: string; times: number }>;
const heardTable = table<Heard>('heard', { id: key(200), txId: key(64), text, times: integer });
abstract class HearWork extends UnitOfWork<{ heard: Repository<Heard> }> {}
type Hearing = TargetEventMessage<{ readonly text: string }>;
const hear = async ({ id, txId, message }: Hearing, { heard }: { readonly heard: Repository<Heard> }) => {
  const { times } = (await heard.get(id)) ?? { times: 0 };
  heard.put({ id, txId, text: message.text, times: times + 1 });
  return [];
};

/** A service that hears all three, and says nothing. */
function listenerWith(name: string, hearing: Dispatcher): ServiceLiteral {
  return service({
    name,
    migrations: [createsTable('listener-001-heard', heardTable)],
    bindings: new ContainerModule(({ bind }) => {
      bind(HearWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(HearWork, { heard: heardTable }), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(hearing);
    }),
  });
}

export async function heardBy({ reader }: Stores): Promise<Heard[]> {
  const rows: Record<string, string | number>[] = await reader.query((knex) => knex('heard').orderBy('text'));
  return rows.map((row) => heardTable.toItem(heardTable.columns.map((column) => row[column]!)));
}
