import { services } from '../../services';

/** What a fault of a kind may hit, how long it may last, and what no other fault may touch meanwhile. */
interface Kind {
  readonly targets: readonly string[];
  /** From its begin until it is put right; that takes its time, too. */
  readonly forMs: readonly [least: number, most: number];
  readonly holds: (target: string) => readonly string[];
}

const names = services.map(({ name }) => name);
const brokers = ['kafka-1', 'kafka-2', 'kafka-3'];
/** Both instances of a service; all of them where none is named. */
const instancesOf = (service: string): string[] =>
  names.filter((name) => name === service || service === 'all').flatMap((name) => [`${name}-1`, `${name}-2`]);
const instances = instancesOf('all');
const itself = (target: string) => [target];

/** On what a service says to a component; the databases are spoken to by each instance on a way of its own. */
const onTheWayTo = {
  broker: { targets: brokers, holds: (target: string) => [`way to ${target}`] },
  registry: { targets: ['registry'], holds: () => ['way to registry'] },
  // An instance that cannot reach its database keeps its name there: nobody starts it again meanwhile.
  database: { targets: [...instances, 'all'], holds: (target: string) => (target === 'all' ? instances : [target]) },
};

/** By name: everything that can happen. */
export const kinds = {
  'instance killed': { targets: instances, forMs: [300, 6_000], holds: itself },
  'instance frozen': { targets: instances, forMs: [1_000, 60_000], holds: itself },
  'service killed': { targets: names, forMs: [300, 8_000], holds: instancesOf },
  'rolling restart': { targets: [...names, 'all'], forMs: [0, 0], holds: instancesOf },
  'clock set': { targets: instances, forMs: [5_000, 30_000], holds: itself },
  'broker killed': { targets: brokers, forMs: [300, 15_000], holds: () => ['brokers'] },
  'broker frozen': { targets: brokers, forMs: [1_000, 20_000], holds: () => ['brokers'] },
  'leaders moved': {
    targets: brokers,
    forMs: [0, 0],
    holds: () => ['brokers', ...brokers.map((each) => `way to ${each}`)],
  },
  'broker cut off': { ...onTheWayTo.broker, forMs: [0, 5_000] },
  'broker far away': { ...onTheWayTo.broker, forMs: [5_000, 20_000] },
  'broker half open': { ...onTheWayTo.broker, forMs: [2_000, 20_000] },
  'database killed': { targets: ['mysql'], forMs: [300, 8_000], holds: itself },
  'database cut off': { ...onTheWayTo.database, forMs: [0, 5_000] },
  'database far away': { ...onTheWayTo.database, forMs: [5_000, 15_000] },
  'database half open': { ...onTheWayTo.database, forMs: [2_000, 15_000] },
  'database full': { targets: ['mysql'], forMs: [2_000, 10_000], holds: itself },
  'registry killed': { targets: ['registry'], forMs: [300, 15_000], holds: itself },
  'registry cut off': { ...onTheWayTo.registry, forMs: [0, 10_000] },
  'registry far away': { ...onTheWayTo.registry, forMs: [5_000, 20_000] },
  'registry half open': { ...onTheWayTo.registry, forMs: [2_000, 20_000] },
  poison: { targets: ['a topic'], forMs: [0, 0], holds: () => [] },
} as const satisfies Readonly<Record<string, Kind>>;

export type FaultKind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as FaultKind[];
export const kindOf = (name: FaultKind): Kind => kinds[name];
