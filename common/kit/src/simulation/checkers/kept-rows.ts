import { eventTable, historyTable, inboxTable, parkedTable, sagaTable, type Table } from '../../runtime';
import type { Checker } from './checker';
import { finalRows } from './nothing-pending';

const tables: readonly Table[] = [inboxTable, sagaTable, historyTable, parkedTable, eventTable];

/** What was committed is in the database in the end, and nothing else is. */
export const keptRows: Checker = {
  name: 'what was committed is kept',
  *faultsOf({ services, written }) {
    for (const table of tables) {
      const there = new Map<string, Set<string>>(services.map(({ name }) => [name, new Set()]));
      for (const { service, id, item } of written(table))
        if (item === undefined) there.get(service)?.delete(id);
        else there.get(service)?.add(id);
      for (const service of services) {
        const committed = there.get(service.name)!;
        for (const { id } of finalRows(service, table))
          if (!committed.delete(String(id)))
            yield { message: `${service.name}: ${table.name} has ${id}, which no commit has left there` };
        for (const id of committed)
          yield { message: `${service.name}: ${table.name} lacks ${id}, which was committed` };
      }
    }
  },
};
