import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { mysqlFault } from './mysql-fault';
import { Packet } from './mysql-text';

const goodbyeMs = 2_000;

/** A connection that takes several statements at once, and ends by itself when it is of no use any more. */
export class MysqlConnection {
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** What the server takes at once. */
  packet = new Packet(0);

  constructor(
    private readonly raw: Connection,
    private readonly socket: Socket,
    /** The longest silence that is waited through. */
    readonly answerMs: number,
  ) {
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('timeout', silent(answerMs));
  }

  get alive(): boolean {
    return !this.socket.destroyed;
  }

  /**
   * One round trip. Resolves with what each statement gives: rows as arrays, for one that selects. The first one that
   * fails is the last one that is done. Rejects with a `DatabaseFault`.
   */
  ask(statements: readonly string[]): Promise<any[]> {
    return new Promise((resolve, reject) => {
      this.socket.setTimeout(this.answerMs);
      this.raw.query({ sql: statements.join(';'), rowsAsArray: true }, (error, results: any) => {
        this.socket.setTimeout(0);
        if (!error) return resolve(statements.length === 1 ? [results] : results);
        const fault = mysqlFault(error);
        if (fault.kind === 'lost') this.destroy();
        reject(fault);
      });
    });
  }

  /** Says goodbye, and resolves when it is gone. */
  async end(): Promise<void> {
    if (!this.alive) return;
    this.socket.setTimeout(goodbyeMs);
    this.raw.end();
    await this.gone;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** What happens to a socket on which nobody has said anything for too long. */
export const silent = (silenceMs: number) =>
  function (this: Socket): void {
    const error = new Error(`the database has not said anything for ${silenceMs} ms`);
    this.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  };
