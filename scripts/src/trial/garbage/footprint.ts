import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { services } from '../../services';
import { mysqlRows } from '../books';
import type { KafkaSystem } from '../kafka-system';

/** What garbage costs whoever has to read it. */
export interface Footprint {
  readonly registryRequests: number;
  /** Of the process that has the most. */
  readonly memoryMbAtFirst: number;
  readonly memoryMbMax: number;
  readonly memoryMbAtLast: number;
  /** Lines that the processes wrote into their logs. */
  readonly logLines: number;
  /** Rows of the kit's tables, in all services. */
  readonly rows: Readonly<Record<string, number>>;
}

const lookEveryMs = 500;
const tables = ['kit_parked', 'kit_inbox', 'kit_history', 'kit_ordering_keys', 'kit_refused_records', 'kit_outbox'];
const bytesPerMb = 1024 * 1024;

/** Looks at the memory of processes until it is told to stop. */
export class MemoryWatch {
  private readonly ended = new AbortController();
  private readonly looking: Promise<void>;
  max = 0;
  last = 0;

  constructor(
    private readonly system: KafkaSystem,
    readonly first: number,
  ) {
    this.looking = this.look();
  }

  static async on(system: KafkaSystem): Promise<MemoryWatch> {
    return new MemoryWatch(system, await largestMb(system));
  }

  async end(): Promise<void> {
    this.ended.abort();
    await this.looking;
  }

  private async look(): Promise<void> {
    while (!this.ended.signal.aborted) {
      this.last = await largestMb(this.system);
      this.max = Math.max(this.max, this.last);
      await setTimeout(lookEveryMs, undefined, { signal: this.ended.signal }).catch(() => {});
    }
  }
}

/** Resident memory of the largest process, in MB; 0 where the machine does not tell. */
async function largestMb({ instances }: KafkaSystem): Promise<number> {
  const sizes = instances.map(async ({ child: { pid } }) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024) / bytesPerMb;
  });
  return Math.round(Math.max(...(await Promise.all(sizes))));
}

export async function rowsOf(url: string, prefix: string): Promise<Readonly<Record<string, number>>> {
  const rows: Record<string, number> = {};
  for (const table of tables)
    for (const { name } of services) {
      const [row] = await mysqlRows<{ value: number }>(
        url,
        `${prefix}${name}`,
        `select count(*) as value from ${table}`,
      );
      rows[table] = (rows[table] ?? 0) + row!.value;
    }
  return rows;
}
