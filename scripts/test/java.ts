import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { given } from '../../common/kit/test/given';
import { lackingJava } from '../../common/cli/src/infra/java';
import { findProgram, javaMajor } from '../../common/cli/src/infra/machine';
import { fetchProfile } from '../../common/cli/src/infra/maven';
import { root } from '../src/root';

const find = (program: string) => findProgram(program, process.env);

/** Who has Docker needs no Java; where everything is required, it is. */
const { status, stderr } = spawnSync(find('java') ?? 'java', ['-version'], { encoding: 'utf8' });
const lacking = lackingJava({ docker: false, java: status === 0 ? javaMajor(stderr) : 0, find });
const isRequired = process.env['CI'] === 'true' || process.env['INFRA'] === 'required';
if (lacking !== undefined) console.error(`${isRequired ? 'MISSING' : 'SKIPPED'}: the client in Java: ${lacking}`);
export const givenJava: jest.Describe =
  lacking === undefined || isRequired ? given('KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL') : describe.skip;

/** The folder of what the client needs; fetched the first time. */
export const fetchJars = (): Promise<string> =>
  fetchProfile('interop', { mvn: find('mvn'), env: process.env, say: () => {} });

/** What the client is to do with a topic. */
interface Run {
  readonly command: string;
  readonly topic: string;
  readonly rest: readonly string[];
  readonly input: string;
}

/** Runs the client to its end, and resolves with what it has printed. */
export async function runJava(jars: string, { command, topic, rest, input }: Run): Promise<string> {
  const { KAFKA_BROKERS: brokers = '', SCHEMA_REGISTRY_URL: registry = '' } = process.env;
  const program = join(root, 'scripts', 'interop', 'Interop.java');
  const own = registry.replace('/apis/ccompat/v7', '/apis/registry/v3');
  const args = [command, brokers, own, topic, ...rest];
  const child = spawn(find('java')!, ['-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), program, ...args]);
  child.stdin.end(input);
  const [printed, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(complained);
  return printed;
}
