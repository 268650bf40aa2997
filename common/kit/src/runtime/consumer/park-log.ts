import type { ConsumerRecord } from '../ports/broker';
import type { DeliveryResult } from './delivery-result';
import type { Environment } from '../ports/environment';

/** Ordering keys in the log for one topic and reason, in the time below. */
const linesMax = 20;
const quietMs = 10_000;

/** Says which messages were given up, and what to do. Garbage by the thousand is counted. */
export class ParkLog {
  private readonly logged = new Map<string, { count: number }>();

  constructor(private readonly environment: Environment) {}

  say(
    { topic, partition, offset, key }: ConsumerRecord,
    { id, reason, error, attempts }: DeliveryResult & { now: 'parked' },
  ): void {
    const of = `${topic} ${reason}`;
    const logged = this.logged.get(of) ?? this.begin(of, topic, reason);
    if (++logged.count > linesMax) return;
    const where = {
      id,
      topic,
      partition,
      offset: String(offset),
      key: key?.toString('utf8').slice(0, keyCharsMax) ?? null,
    };
    const level = reason === 'behind' || reason === 'paused' ? 'info' : 'warn';
    this.environment.log[level]({ ...where, reason, error, attempts }, `a message is parked: ${adviceOn[reason]}`);
  }

  private begin(of: string, topic: string, reason: string): { count: number } {
    const logged = { count: 0 };
    this.logged.set(of, logged);
    this.environment.clock.after(quietMs, () => {
      this.logged.delete(of);
      const more = logged.count - linesMax;
      if (more > 0) this.environment.log.warn({ topic, reason, more }, 'so many more messages were parked');
    });
    return logged;
  }
}

const keyCharsMax = 100;
const handlerFailed =
  'mend its handler; when it comes again it is a new try, and those behind it follow. A saga asks again by itself, anything else has to be sent again';
const undecodable = 'nobody can read it, and it blocks nobody; its bytes are in kit_parked';

const adviceOn: Readonly<Record<Extract<DeliveryResult, { now: 'parked' }>['reason'], string>> = {
  unprocessable: handlerFailed,
  exhausted: handlerFailed,
  forgotten:
    'nobody knows any more whether it was handled: see to it yourself, and drop it, whereupon those behind it follow',
  behind: 'an earlier one of its topic and key is parked; it follows when that one was handled',
  paused: 'its saga is paused; it is handled when that is resumed',
  empty: undecodable,
  'not-avro': undecodable,
  'unknown-schema': undecodable,
  'unexpected-type': undecodable,
  'incompatible-schema': undecodable,
  corrupt: undecodable,
  'bad-envelope': undecodable,
};
