import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { databases, type Component, type Database } from './component';
import { dockerFile } from './docker-file';
import type { Machine } from './machine';
import { preparedData } from './prepared';

/** MariaDB or MySQL: the one that is wished for, or whichever is installed. */
export const mysql: Component = {
  name: 'mysql',
  variable: 'MYSQL_URL',
  portsNeeded: 1,
  usualStartS: 3,
  processes: () => 1,
  notInDocker: ({ database }) => (database === 'mariadb' ? 'Docker has MySQL here' : undefined),
  addressOf: ([port]) => `mysql://saga:saga@127.0.0.1:${port}`,
  lacking: (machine, { database }) =>
    installer(machine, database) ? undefined : `install ${toInstall[database ?? 'mariadb']}`,

  async launch({ folder, ports, wishes, machine, run }) {
    const { program, install } = installer(machine, wishes.database)!;
    const data = await preparedData(folder, (data) => run(install.program, [...common(data), ...install.args]));
    const args = [
      ...common(data),
      `--port=${ports[0]}`,
      '--bind-address=127.0.0.1',
      '--socket=mysql.sock', // in the data folder: a longer path could be too long for a socket
      '--pid-file=mysql.pid',
      '--loose-mysqlx=OFF', // MySQL's second port
      '--max-connections=500',
      `--init-file=${dockerFile('mysql-for-development.sql')}`,
    ];
    return { program, args };
  },

  async ask(address) {
    const connection = await createConnection({ uri: address, connectTimeout: 2_000 });
    try {
      await connection.query({ sql: 'select 1', timeout: 2_000 });
      await connection.end();
    } catch (error) {
      connection.destroy();
      throw error;
    }
  },
};

/** Which of the two has made the data in this folder; `undefined` when neither has. */
export const databaseThere = (folder: string): Database | undefined =>
  databases.find((each) => existsSync(join(folder, 'mysql', 'data', marks[each])));

/** A file that only this one makes. */
const marks: Readonly<Record<Database, string>> = { mariadb: 'aria_log_control', mysql: 'mysql.ibd' };

/** The machine's settings are for the machine's server; as root it only starts when told so. */
const common = (data: string) => [
  '--no-defaults',
  `--datadir=${data}`,
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
];

const toInstall = {
  mariadb: 'MariaDB (Debian: mariadb-server, brew: mariadb)',
  mysql: 'MySQL, whose server is mysqld (brew: mysql)',
};

function installer(machine: Machine, database?: Database) {
  if (database) return installers[database](machine);
  return installers.mariadb(machine) ?? installers.mysql(machine);
}

const installers = {
  mariadb({ find }: Machine) {
    const [program, install] = [find('mariadbd'), find('mariadb-install-db')];
    const args = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    return program && install ? { program, install: { program: install, args } } : undefined;
  },
  mysql({ find }: Machine) {
    const program = find('mysqld');
    return program && !isMariaDb(program)
      ? { program, install: { program, args: ['--initialize-insecure'] } }
      : undefined;
  },
};

/** Where MariaDB is installed, mysqld is often another name of it. */
const isMariaDb = (program: string): boolean =>
  existsSync(program) && basename(realpathSync(program)).startsWith('mariadb');
