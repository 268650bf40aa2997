import { isPassing, mysqlFault } from './mysql-fault';

const failed = (values: object) => Object.assign(new Error('it failed'), values);

test.each([
  ['conflict', { errno: 1213, code: 'ER_LOCK_DEADLOCK' }],
  ['conflict', { errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT' }],
  ['duplicate', { errno: 1062, code: 'ER_DUP_ENTRY' }],
  ['lost', { errno: 1927, code: 'ER_CONNECTION_KILLED' }],
  ['lost', { errno: 1053, code: 'ER_SERVER_SHUTDOWN' }],
  ['lost', { errno: 1180, code: 'ER_ERROR_DURING_COMMIT' }],
  ['lost', { errno: 1317, code: 'ER_QUERY_INTERRUPTED' }],
  ['lost', { errno: 1290, code: 'ER_OPTION_PREVENTS_STATEMENT' }],
  ['lost', { errno: 1021, code: 'ER_DISK_FULL' }],
  ['lost', { errno: 1114, code: 'ER_RECORD_FILE_FULL' }],
  ['lost', { errno: -111, code: 'ECONNREFUSED' }],
  ['lost', { code: 'ECONNRESET' }],
  ['lost', { code: 'EPIPE' }],
  ['lost', { code: 'ETIMEDOUT' }],
  ['lost', { code: 'EAI_AGAIN' }],
  ['lost', { code: 'PROTOCOL_CONNECTION_LOST' }],
  ['lost', { fatal: true }],
  ['lost', { name: 'KnexTimeoutError' }],
  ['refused', { errno: 1048, code: 'ER_BAD_NULL_ERROR' }],
  ['refused', { errno: 1064, code: 'ER_PARSE_ERROR' }],
  ['refused', { errno: 1045, code: 'ER_ACCESS_DENIED_ERROR', fatal: true }],
  ['refused', {}],
] as const)('it is %s: %j', (kind, values) => {
  const fault = mysqlFault(failed(values));
  expect(fault.kind).toBe(kind);
  expect(mysqlFault(fault)).toBe(fault);
  for (const each of [fault, failed(values)]) expect(isPassing(each)).toBe(kind === 'conflict' || kind === 'lost');
});

test('a fault says what it was, and keeps nothing of the statement', () => {
  const fault = mysqlFault(
    failed({ code: 'ER_BAD_NULL_ERROR', errno: 1048, sql: "insert into users values ('secret')" }),
  );
  expect(fault.message).toBe('it failed (ER_BAD_NULL_ERROR)');
  expect(JSON.stringify(fault.cause)).not.toContain('secret');
});

test.each([
  ["Duplicate entry 'a 'secret'' for key 'orders.PRIMARY'", "Duplicate entry '…' for key 'orders.PRIMARY'"],
  [
    "Incorrect integer value: 'secret' for column 'total' at row 1",
    "Incorrect integer value: '…' for column 'total' at row 1",
  ],
  ["Truncated incorrect DOUBLE value: 'secret\n'", "Truncated incorrect DOUBLE value: '…'"],
  ["Data too long for column 'name' at row 1", "Data too long for column 'name' at row 1"],
])('of what the database says, %j, no value is kept', (said, kept) => {
  expect(mysqlFault(new Error(said)).message).toBe(kept);
});
