import { createsTable, integer, key, type Migration, table, text } from 'saga-kit/service';
import type { User } from '../domain/user';

/** Orders only look at users, so they do not wait for each other. */
export const userTable = table<User, number>(
  'users',
  { userId: integer, name: text, status: key(10) },
  { lock: 'none' },
);

export const userMigrations: readonly Migration[] = [createsTable('user-001-users', userTable)];
