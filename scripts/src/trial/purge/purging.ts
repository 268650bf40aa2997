import { setTimeout } from 'node:timers/promises';
import { asked } from '../asked';
import { orderSystem } from '../system';
import type { OrderLoad } from './order-load';

/** Between a phase and the next one: what was begun in one shall not count in the other. */
const betweenMs = 2_000;
const who = { who: 'a trial', reason: 'to measure it' };

/** How long it purges with nothing in between. */
interface Phases {
  readonly phaseSeconds: number;
  readonly say: (line: string) => void;
}

/** Purges one service after the other, some seconds with and some without, while orders go on. Resolves with how long it purged. */
export async function purgedInTurn({ phaseSeconds, say }: Phases, url: string, load: OrderLoad): Promise<number> {
  const purge = new Purge(url, say);
  let purgingMs = 0;
  const without = async () => {
    load.phase = 'without';
    await setTimeout(phaseSeconds * 1_000);
    load.phase = undefined;
    await setTimeout(betweenMs);
  };
  await purge.begin();
  while (!purge.isOver) {
    await without();
    load.phase = 'with';
    const beganMs = performance.now();
    while (!purge.isOver && performance.now() - beganMs < phaseSeconds * 1_000) await purge.goOn();
    purgingMs += performance.now() - beganMs;
    load.phase = undefined;
    await setTimeout(betweenMs);
  }
  await without();
  return Math.round(purgingMs);
}

class Purge {
  private readonly left = [...orderSystem().services];
  private version: string | null = null;

  constructor(
    private readonly url: string,
    private readonly say: (line: string) => void,
  ) {}

  get isOver(): boolean {
    return this.left.length === 0;
  }

  /** Resolves once the service has read what waited for it at its start. */
  async begin(): Promise<void> {
    for (const service of this.left) {
      const { version } = (await this.post(service)).body;
      const done = `${version}`.replace(/\d+$/, '0'); // as if it was described at the beginning of time: nothing is old
      while ((await this.post(service, done)).status === 409) await setTimeout(500);
    }
  }

  async goOn(): Promise<void> {
    const [service] = this.left;
    this.version ??= (await this.post(service!)).body.version;
    const { body, status } = await this.post(service!, this.version!);
    if (status === 409) return void this.say(`${service}: ${body.detail}`);
    this.version = body.version;
    if (this.version !== null) return;
    this.say(`${service}: it ${body.does}`);
    this.left.shift();
  }

  private post(service: string, version?: string) {
    const body = { ...who, ...(version !== undefined && { version }) };
    const path = `/admin/services/${service}/retention/purge`;
    return asked(() => this.url, { method: 'POST', path, body, wanted: [200, 409] });
  }
}
