// A system of the bench, as a process that is asked for one round after the other.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const startMsMax = 120_000;
const roundMsMax = 900_000;
const closeMsMax = 30_000;

export class System {
  constructor(name, env) {
    this.name = name;
    this.orderIds = [];
    const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    this.child = fork(file, [], { env: { ...process.env, ...env }, execArgv: ['--max-semi-space-size=64'] });
  }

  /** Resolves when it takes orders. */
  async start() {
    const { ready } = await this.answer(startMsMax);
    this.facts = { pid: this.child.pid, ...ready, program: this.child.pid };
  }

  /** Has orders placed, and resolves with what came of them. */
  async round(load) {
    this.child.send(load);
    const { orderIds, ...figures } = await this.answer(roundMsMax);
    this.orderIds.push(...orderIds);
    return { sagas: orderIds.length, ...figures };
  }

  /** Resolves when it is gone; it ends what it has begun, unless that takes too long. */
  async end() {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), closeMsMax);
    await gone;
    clearTimeout(timer);
  }

  answer(msMax) {
    const { child, name } = this;
    return new Promise((resolve, reject) => {
      const over = (settle) => (value) => {
        clearTimeout(timer);
        child.off('exit', ended);
        child.off('message', answered);
        settle(value);
      };
      const ended = over((code) => reject(new Error(`${name} has ended with ${code}`)));
      const answered = over((answer) =>
        answer.failed ? reject(new Error(`${name}: ${answer.failed}`)) : resolve(answer),
      );
      const timer = setTimeout(
        over(() => reject(new Error(`${name} has not answered in ${msMax} ms`))),
        msMax,
      );
      child.once('exit', ended);
      child.once('message', answered);
    });
  }
}
