import { oneOf } from './random';

/** The most of each that `drawBrokerFaults` draws. What stops many others is rarer, or nothing would ever get on. */
const most = {
  publishFails: 0.3,
  publishAnswerLost: 0.3,
  publishLandsLate: 0.1,
  publishPartly: 0.3,
  publishTwice: 0.3,
  publishAnswerLate: 0.3,
  handOverLate: 0.3,
  handOverAgain: 0.1,
  rebalance: 0.05,
  reassignedLate: 0.5,
  leftUnnoticed: 0.5,
  commitLost: 0.3,
  commitAnswerLost: 0.3,
  commitLate: 0.3,
  partitionFails: 0.02,
  outage: 0.005,
};

/** A kind of fault that a simulated broker injects. */
export type BrokerFaultKind = keyof typeof most;

/**
 * How often a simulated broker does what, each a share from 0 (never) to 1 (always), and for how long at the most.
 *
 * Of publishes: `publishFails` rejects and writes nothing, `publishAnswerLost` rejects and writes everything,
 * `publishLandsLate` rejects and writes everything a while later, `publishAnswerLate` answers a while later. Of what goes to
 * one partition: `publishPartly` fails from some record on, of which some may be there; `publishTwice` writes all of it, and
 * all of it once more. Of batches that are to be handed over: `handOverLate` keeps their topic back for a while; and after
 * them `handOverAgain` goes back to what is committed, `rebalance` moves partitions between members, a while later. Of members
 * in a rebalance: `reassignedLate` tells it a while later, and until then it goes on with what it had. Of members that leave:
 * `leftUnnoticed` gives their partitions to nobody for a while, as after a `kill -9`. Of commits: `commitLost` rejects and
 * keeps nothing, `commitAnswerLost` rejects and keeps it, `commitLate` takes a while. Of batches and publishes:
 * `partitionFails` makes one partition, and `outage` the whole broker, neither readable nor writable for a while.
 */
export interface BrokerFaults extends Readonly<Record<BrokerFaultKind, number>> {
  /** The longest while. */
  readonly delayMaxMs: number;
  /** The longest that the broker, or one partition, is away. */
  readonly outageMaxMs: number;
}

const each = (rateOf: (kind: BrokerFaultKind) => number): Readonly<Record<BrokerFaultKind, number>> => {
  const rates = { ...most };
  for (const kind of Object.keys(rates) as BrokerFaultKind[]) rates[kind] = rateOf(kind);
  return rates;
};

/** A broker that does what it is asked, at once. */
export const noBrokerFaults: BrokerFaults = { ...each(() => 0), delayMaxMs: 0, outageMaxMs: 0 };

/** Faults of a run: about half of the kinds are off, the others rare or frequent, for short or for long. */
export const drawBrokerFaults = (random: () => number): BrokerFaults => ({
  ...each((kind) => {
    const [isOn, share] = [random() < 0.5, random()];
    return isOn ? most[kind] * share ** 2 : 0;
  }),
  delayMaxMs: oneOf(random, [5, 100, 1_000, 10_000]),
  outageMaxMs: oneOf(random, [100, 2_000, 30_000]),
});
