import { existsSync, readFileSync } from 'node:fs';

/**
 * For `node --require`: this process's clock is as many milliseconds ahead as the file says that CLOCK_AHEAD_MS_FILE names, from
 * when it says so. What counts milliseconds, and no hours, goes on, as when a machine's clock is set.
 */
const file = process.env['CLOCK_AHEAD_MS_FILE'];
const lookEveryMs = 200;
const Real = Date;
let aheadMs = 0;

if (file !== undefined) {
  const look = () => {
    if (existsSync(file)) aheadMs = Number(readFileSync(file, 'utf8')) || 0;
  };
  look();
  setInterval(look, lookEveryMs).unref();
  const now = () => Real.now() + aheadMs;
  globalThis.Date = new Proxy(Real, {
    construct: (_real, args, made) => Reflect.construct(Real, args.length === 0 ? [now()] : args, made) as object,
    apply: () => new Real(now()).toString(),
    get: (real, name) => (name === 'now' ? now : Reflect.get(real, name)) as unknown,
  });
}
