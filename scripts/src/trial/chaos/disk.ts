import { execFile } from 'node:child_process';
import { cp, mkdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OwnInfra } from '@saga-kit/cli/internal/infra/start-infra';

const runs = promisify(execFile);
const wideMb = 4_096;
const bytesPerKb = 1_024;

/** A file system of the database's own, in memory, which can be full. To have one takes Linux and root. */
export class Disk {
  private constructor(
    private readonly folder: string,
    /** Why there is none; undefined when there is. */
    readonly lacking: string | undefined,
  ) {}

  static readonly none = new Disk('', 'the database has no disk of its own here');

  /** Moves the data of a database there; it is stopped meanwhile. Where that cannot be had, it stays where it is. */
  static async under(infra: OwnInfra): Promise<Disk> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return new Disk('', 'only root on Linux can mount one');
    const folder = join(infra.folder, 'mysql', 'data');
    const before = `${folder}.before`;
    await infra.stop('mysql');
    await rename(folder, before);
    await mkdir(folder);
    const failed = await runs('mount', ['-t', 'tmpfs', '-o', `size=${wideMb}m`, 'tmpfs', folder]).then(
      () => undefined,
      (error: Error) => error.message,
    );
    await cp(before, folder, { recursive: true, preserveTimestamps: true });
    await rm(before, { recursive: true });
    await infra.start('mysql');
    return new Disk(folder, failed);
  }

  /** Nothing more fits on it. */
  async fill(): Promise<void> {
    const { blocks, bfree, bsize } = await statfs(this.folder);
    await this.size(`${Math.ceil(((blocks - bfree) * bsize) / bytesPerKb)}k`);
  }

  async empty(): Promise<void> {
    await this.size(`${wideMb}m`);
  }

  /** What is on it goes with whoever still uses it. */
  async close(): Promise<void> {
    if (this.lacking === undefined) await runs('umount', ['--lazy', this.folder]);
  }

  private async size(size: string): Promise<void> {
    await runs('mount', ['-o', `remount,size=${size}`, this.folder]);
  }
}
