export { openMysql } from './mysql';
export type { MysqlOptions } from './mysql-server';
