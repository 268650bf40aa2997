import BetterSqlite3 from 'better-sqlite3';
import { DatabaseFault } from '../../runtime';
import { faulty } from './sqlite-fault';

const kindOf = (work: () => void): string | undefined => {
  try {
    faulty(work);
  } catch (error) {
    return error instanceof DatabaseFault ? error.kind : undefined;
  }
  return undefined;
};

test('a full disk is an outage to be waited for, not the fault of whoever writes', () => {
  const database = new BetterSqlite3(':memory:');
  database.exec('create table things (bytes blob)');
  database.pragma('max_page_count = 10');
  const fill = () => void database.prepare('insert into things values (zeroblob(1000000))').run();
  expect(kindOf(fill)).toBe('lost');
  expect(kindOf(() => void database.exec('insert into nothing values (1)'))).toBe('refused');
  database.close();
});
