import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cached, cacheFolder } from './cache';
import { dockerFile } from './docker-file';
import { run } from './run';

const pom = dockerFile('pom.xml');

export interface Fetching {
  readonly mvn: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (what: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The folder with what a profile of docker/pom.xml names; fetched once for each state of that file. */
export async function fetchProfile(profile: string, { mvn, env, say, signal }: Fetching): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  return cached(cacheFolder(env), `${profile}-${version}`, async (folder) => {
    say('fetching from Maven Central, once for this machine: usually under a minute');
    const progress = progressOf(say);
    const args = ['-B', '-f', pom, '-P', profile, 'generate-resources', `-Dto=${folder}`];
    try {
      await run(mvn ?? 'mvn', args, { signal, onLine: progress.onLine });
    } finally {
      progress.end();
    }
  });
}

function progressOf(say: (what: string) => void) {
  const beganAt = performance.now();
  let [files, kilobytes] = [0, 0];
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - beganAt) / 1_000);
    say(`still fetching after ${seconds} s: ${files} files, ${(kilobytes / 1_000).toFixed(1)} MB so far`);
  }, sayEveryMs);
  const onLine = (line: string) => {
    const size = sizeOf(line);
    if (size === undefined) return;
    files++;
    kilobytes += size;
  };
  return { onLine, end: () => clearInterval(timer) };
}
const sayEveryMs = 5_000;

/** The kilobytes of a file that Maven says it has got. */
export function sizeOf(line: string): number | undefined {
  const [, size, unit] = /Downloaded from .* \(([\d.]+) ([kMG]?)B at /.exec(line) ?? [];
  return size === undefined ? undefined : Number(size) * { '': 0.001, k: 1, M: 1_000, G: 1_000_000 }[unit as 'k'];
}
