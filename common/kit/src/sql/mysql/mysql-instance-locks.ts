import type { InstanceLock, InstanceLocks } from '../../runtime';
import type { MysqlConnection } from './mysql-connection';
import { holderOf, lockName, seizeLock, takeLock } from './mysql-locks';
import type { MysqlServer } from './mysql-server';
import { literal } from './mysql-text';

/** So often within the time in which the server has to answer. */
const pingsPerAnswer = 6;
/** A machine that is gone without a word loses its instance locks after so long; so does a process that was stopped. */
const silenceSeconds = 120;

/** An instance lock is a lock on the server, on a connection of its own: the server lets go of it when the connection ends. */
export class MysqlInstanceLocks implements InstanceLocks {
  /** Connections of ours that had an instance lock when they were lost: perhaps the server has not noticed yet. */
  private readonly former = new Map<string, number>();

  constructor(private readonly server: MysqlServer) {}

  async take(instance: string, lost: () => void): Promise<InstanceLock | undefined> {
    const lock = lockName(this.server.address.database, 'instance', instance);
    const connection = await this.server.connect();
    try {
      await connection.ask([`set session wait_timeout = ${silenceSeconds}`]);
      if (await this.isTaken(connection, lock)) return await connection.end().then(() => undefined);
      const [[[thread]]] = await connection.ask(['select connection_id()']);
      return this.sit(connection, lock, () => {
        this.former.set(lock, thread);
        lost();
      });
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  private async isTaken(connection: MysqlConnection, lock: string): Promise<boolean> {
    if (!(await takeLock(connection, lock, 0))) {
      const holder = await holderOf(connection, lock);
      if (holder === null || holder !== this.former.get(lock)) return true;
      await seizeLock(connection, lock, holder);
    }
    this.former.delete(lock);
    return false;
  }

  private sit(connection: MysqlConnection, lock: string, lost: () => void): InstanceLock {
    let left = false;
    const ping = () => {
      // One at a time: whatever is said counts as a sign of life, also what nobody answers.
      const answered = connection.ask(['do 0']).then(() => {
        if (!left) next = setTimeout(ping, everyMs);
      });
      answered.catch(() => connection.destroy());
    };
    const everyMs = this.server.address.answerMs / pingsPerAnswer;
    let next = setTimeout(ping, everyMs);
    void connection.gone.then(() => {
      clearTimeout(next);
      if (!left) lost();
    });
    const leave = async () => {
      left = true;
      clearTimeout(next);
      await connection.ask([`do release_lock(${literal(lock)})`]).catch(() => {}); // it ends with its connection
      await connection.end();
    };
    return { leave };
  }
}
