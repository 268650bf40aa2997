import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run';

/** What this machine has to run a component with. */
export interface Machine {
  /** An engine that answers, with compose. */
  readonly docker: boolean;
  /** The major version of `java`, 0 without one. */
  readonly java: number;
  /** The full path of a program on the PATH or in /usr/sbin, where Debian puts servers. */
  readonly find: (program: string) => string | undefined;
}

export async function thisMachine(env: NodeJS.ProcessEnv): Promise<Machine> {
  const find = (program: string) => findProgram(program, env);
  const [docker, java] = await Promise.all([dockerAnswers(find('docker')), javaVersion(find('java'))]);
  return { docker, java, find };
}

export function findProgram(program: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter(Boolean);
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there is as good as not allowed
  }
}

async function dockerAnswers(docker: string | undefined): Promise<boolean> {
  if (!docker) return false;
  const signal = AbortSignal.timeout(dockerAnswerMs);
  const asked = [['info'], ['compose', 'version']].map((args) => run(docker, args, { signal }));
  return Promise.all(asked).then(
    () => true,
    () => false,
  );
}
const dockerAnswerMs = 5_000;

async function javaVersion(java: string | undefined): Promise<number> {
  const said = java ? await run(java, ['-version']).catch(() => '') : ''; // macOS has a java that only says where to get one
  return javaMajor(said);
}

/** The 17 of `openjdk version "17.0.15"`, the 8 of `java version "1.8.0_292"`, else 0. */
export const javaMajor = (said: string): number => Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1] ?? 0);
