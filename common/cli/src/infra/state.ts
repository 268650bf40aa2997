import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { componentNames, type ComponentName } from './component';

const processId = z.object({ pid: z.int(), since: z.string() });
const entry = z.object({
  from: z.enum(['docker', 'process']),
  ports: z.array(z.int()).readonly(),
  /** The processes that were started, by their numbers; of a container: whether it was started. */
  runs: z.union([z.array(processId.nullable()).readonly(), z.boolean(), processId.transform((only) => [only])]),
});
const state = z.partialRecord(z.enum(componentNames), entry);

export type Entry = Readonly<z.output<typeof entry>>;

/** What was started in a folder, for whoever comes later. Every change is on disk when the call returns. */
export class State {
  private readonly file: string;

  constructor(private readonly folder: string) {
    this.file = join(folder, 'state.json');
  }

  read(): Readonly<Partial<Record<ComponentName, Entry>>> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return {}; // nothing was started yet
    }
    const read = state.safeParse(jsonOf(text));
    if (read.success) return read.data;
    throw new Error(
      `${this.file} is not what was written there: end what runs from this folder by hand, and remove it`,
    );
  }

  put(name: ComponentName, entry: Entry): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify({ ...this.read(), [name]: entry }, undefined, 2));
    renameSync(`${this.file}.new`, this.file);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
