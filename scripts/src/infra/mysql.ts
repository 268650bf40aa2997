import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { Component } from './component';
import type { Machine } from './machine';
import { preparedData } from './prepared';
import { root } from './root';

/** MariaDB or MySQL, whichever is installed. */
export const mysql: Component = {
  name: 'mysql',
  variable: 'MYSQL_URL',
  portsNeeded: 1,
  usualStartS: 3,
  addressOf: ([port]) => `mysql://saga:saga@127.0.0.1:${port}`,
  lacking: (machine) =>
    installer(machine)
      ? undefined
      : 'install MariaDB (Debian: mariadb-server, brew: mariadb), or start a Docker engine',

  async launch({ folder, ports, machine, run }) {
    const { program, install } = installer(machine)!;
    const data = await preparedData(folder, (data) => run(install.program, [...common(data), ...install.args]));
    const args = [
      ...common(data),
      `--port=${ports[0]}`,
      '--bind-address=127.0.0.1',
      '--socket=mysql.sock', // in the data folder: a longer path could be too long for a socket
      '--pid-file=mysql.pid',
      '--loose-mysqlx=OFF', // MySQL's second port
      '--max-connections=500',
      `--init-file=${join(root, 'docker', 'mysql-init.sql')}`,
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

/** The machine's settings are for the machine's server; as root it only starts when told so. */
const common = (data: string) => [
  '--no-defaults',
  `--datadir=${data}`,
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
];

function installer({ find }: Machine) {
  const [mariadbd, mariadbInstall, mysqld] = [find('mariadbd'), find('mariadb-install-db'), find('mysqld')];
  if (mariadbd && mariadbInstall) {
    const args = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    return { program: mariadbd, install: { program: mariadbInstall, args } };
  }
  if (mysqld && !mariadbd) return { program: mysqld, install: { program: mysqld, args: ['--initialize-insecure'] } };
  return undefined;
}
