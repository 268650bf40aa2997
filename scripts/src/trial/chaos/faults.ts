import type { PartName } from '@saga-kit/cli/internal/infra/parts';
import { startAgain } from '../outages';
import type { Proxy } from '../proxy';
import type { FaultKind } from './kinds';
import { moveLeaders } from './leaders';
import type { PlannedFault } from './plan';
import type { Poison } from './poison';
import type { Stage } from './stage';

export interface Scene {
  readonly stage: Stage;
  readonly poison: Poison;
  /** Rejects once everything is to end: whoever closes the stage puts right what is wrong. */
  readonly lasts: (ms: number) => Promise<void>;
}

type Happen = (scene: Scene, fault: PlannedFault) => Promise<string | void>;

const inSyncMs = 90_000;
const clockAheadMsMax = 3_600_000;
const lateMsLeast = 10;
const lateMsMost = 300;
const poisonLeast = 5;
const poisonMost = 60;

/** Begins, lasts, and is put right. May resolve with a word on what it was. Where it can't be had, it says so with `LeftOut`. */
export const happenings: Readonly<Record<FaultKind, Happen>> = {
  'instance killed': ({ stage, lasts }, { target, forMs }) => killInstances(stage, [target], () => lasts(forMs)),
  'service killed': ({ stage, lasts }, { target, forMs }) =>
    killInstances(
      stage,
      stage.instancesOf(target).map(({ name }) => name),
      () => lasts(forMs),
    ),
  async 'instance frozen'({ stage, lasts }, { target, forMs }) {
    const pid = stage.instance(target).child.pid!;
    process.kill(pid, 'SIGSTOP');
    await lasts(forMs);
    process.kill(pid, 'SIGCONT');
  },
  async 'rolling restart'({ stage, lasts }, { target }) {
    for (const { name, child } of stage.instancesOf(target)) {
      await lasts(0);
      await child.stop();
      await startAgain(name, child);
    }
  },
  async 'clock set'({ stage, lasts }, { target, forMs, strength }) {
    const aheadMs = Math.round((2 * strength - 1) * clockAheadMsMax);
    await stage.setClock(target, aheadMs);
    await lasts(forMs);
    await stage.setClock(target, 0);
    return `${aheadMs} ms ahead`;
  },
  'broker killed': (scene, fault) => killed(scene, fault).then(() => inSync(scene)),
  async 'broker frozen'(scene, { target, forMs }) {
    const { infra } = scene.stage.brokers;
    await infra.freeze(target as PartName);
    await scene.lasts(forMs);
    await infra.thaw(target as PartName);
    await inSync(scene);
  },
  async 'leaders moved'(scene, { target }) {
    await moveLeaders(scene.stage.brokers.infra.addresses.KAFKA_BROKERS!, target);
    await inSync(scene);
  },
  'database killed': killed,
  'registry killed': killed,
  async 'database full'({ stage: { disk }, lasts }, { forMs }) {
    if (disk.lacking !== undefined) throw new LeftOut(disk.lacking);
    await disk.fill();
    await lasts(forMs);
    await disk.empty();
  },
  ...onTheWayTo('broker'),
  ...onTheWayTo('database'),
  ...onTheWayTo('registry'),
  async poison({ poison }, { strength }) {
    const records = Math.round(poisonLeast + strength * (poisonMost - poisonLeast));
    return `${records} records on ${await poison.put(records)}`;
  },
};

/** A fault that this machine cannot have. */
export class LeftOut extends Error {}

function onTheWayTo<Part extends 'broker' | 'database' | 'registry'>(part: Part) {
  const disturbed =
    (disturb: (way: Proxy, fault: PlannedFault) => void): Happen =>
    async ({ stage, lasts }, fault) => {
      const ways = stage.waysTo(fault.target);
      for (const way of ways) disturb(way, fault);
      await lasts(fault.forMs);
      for (const way of ways) way.drop();
    };
  const late = ({ strength }: PlannedFault) => Math.round(lateMsLeast + strength * (lateMsMost - lateMsLeast));
  return {
    [`${part} cut off`]: disturbed((way) => way.cut()),
    [`${part} far away`]: disturbed((way, fault) => (way.delayMs = late(fault))),
    [`${part} half open`]: disturbed((way) => way.silence()),
  } as Record<`${Part} ${'cut off' | 'far away' | 'half open'}`, Happen>;
}

async function killInstances(stage: Stage, names: readonly string[], meanwhile: () => Promise<void>): Promise<void> {
  const children = names.map((name) => stage.instance(name));
  for (const { name, child } of children) if (child.died !== undefined) throw new Error(`${name}: ${child.died}`); // to start it again would hide that
  await Promise.all(children.map(({ child }) => child.kill()));
  await meanwhile();
  await Promise.all(children.map(({ name, child }) => startAgain(name, child)));
}

/** A component, or one of its processes. */
async function killed({ stage, lasts }: Scene, { target, forMs }: PlannedFault): Promise<void> {
  const { infra } = stage.brokers;
  await infra.kill(target as PartName);
  await lasts(forMs);
  await infra.start(target as PartName);
}

const inSync = ({ stage }: Scene): Promise<void> => stage.brokers.cluster.untilInSync(inSyncMs).then(() => {});
