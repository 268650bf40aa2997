import { integer, table, text } from 'saga-kit/runtime';
import { createsTable, type Migration } from 'saga-kit/sql';
import type { User } from '../domain/user';

/** Orders only look at users, so they do not wait for each other. */
export const userTable = table<User, number>('users', { userId: integer, name: text, status: text }, { lock: 'none' });

export const userMigrations: readonly Migration[] = [
  createsTable('user-001-users', 'users', (t, { key }) => {
    t.bigInteger('user_id').primary();
    t.string('name', 200).notNullable();
    key('status', 10).notNullable();
  }),
];
