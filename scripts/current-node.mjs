// Brings a Node that is new enough, where the machine's is not. Plain JavaScript that an old Node reads.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
/** `>=22.15 <23 || >=23.8`: of each range the version that it begins with, and the major version that is behind it, if any. */
const ranges = engines.node.split('||').map((range) => range.match(/[\d.]+/g));
const [[floor]] = ranges;
const developedOn = '24';
const wanted = process.env.SAGA_KIT_NODE || undefined;

/** The program of the Node that has to run this instead; `undefined` when the one that runs it will do. */
export function otherNode() {
  if (wanted !== undefined && !/^(2[2-9]|[3-9]\d)$/.test(wanted))
    fail(`SAGA_KIT_NODE: has to be the major version of a Node, 22 or later, for example 24; it is "${wanted}"`);
  return fits(process.versions.node) ? undefined : fetched(wanted ?? developedOn);
}

/** What has to be set so that whatever is started from there runs on it too. */
export const pathBefore = (node) => `${dirname(node)}${delimiter}${process.env.PATH}`;

function fits(version) {
  const [major, minor] = version.split('.').map(Number);
  const isNewEnough = ranges.some(([from, behind = Infinity]) => {
    const [fromMajor, fromMinor] = from.split('.').map(Number);
    return major < Number(behind) && (major > fromMajor || (major === fromMajor && minor >= fromMinor));
  });
  return isNewEnough && (wanted === undefined || Number(wanted) === major);
}

/** Kept for every checkout of this user. It is filled beside and renamed: half of it is never taken for the whole. */
function fetched(major) {
  const cache = process.env.SAGA_KIT_CACHE || join(homedir(), '.cache', 'saga-kit');
  const folder = join(cache, `node-${major}-${process.platform}-${process.arch}`);
  const name = packageName();
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (runs(node)) return node;
  console.error(`This is Node ${process.versions.node}: fetching Node ${major} into ${folder}, once, about 50 MB.`);
  mkdirSync(cache, { recursive: true });
  const beside = mkdtempSync(join(cache, '.node-'));
  try {
    npmInstall(beside, `${name}@${major}`);
    if (existsSync(folder) && !runs(node)) rmSync(folder, { recursive: true });
    if (!existsSync(folder)) renameSync(beside, folder);
  } catch (error) {
    if (!runs(node)) cannot(major, error.message); // else somebody else was faster
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  if (!runs(node)) cannot(major, `${node} does not run on this machine`);
  return node;
}

/** npm verifies what it fetches. */
function npmInstall(folder, what) {
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', ['install', '--prefix', folder, ...flags, what], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw error ?? new Error('npm has said why');
}

/** One package for each kind of machine; the name of one of them was not free. */
function packageName() {
  const kind = `${process.platform}-${process.arch}`;
  return kind === 'darwin-arm64' ? `node-bin-${kind}` : `node-${kind}`;
}

function runs(node) {
  const { status, stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return status === 0 && fits(stdout.trim());
}

function cannot(major, why) {
  fail(`Node ${major} could not be fetched: ${why}. Install Node ${floor} or later, and try again.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
