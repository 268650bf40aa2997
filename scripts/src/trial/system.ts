import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Config } from '@saga-kit/cli';
import { storyPath } from 'saga-kit/tools';
import { root, sagaKit } from '../root';

/** A system of services that is tried. */
export interface System {
  readonly title: string;
  /** The path at which stories are told. */
  readonly story: string;
  readonly services: readonly string[];
  /** Arguments of the command, on its configuration. */
  readonly args: (...args: readonly string[]) => readonly string[];
  /** What runs one service alone. */
  readonly programOf: (service: string) => { readonly file: string; readonly args?: readonly string[] };
}

/** The order system, whose services are programs of their own. */
export const orderSystem = (): System => ({
  ...systemAt(root),
  programOf: (service) => ({ file: join(root, service, 'dist', 'main.js') }),
});

/** The mall whose services only tell each other what has happened. */
export const mall = (): System => systemAt(join(root, 'examples', 'mall', 'choreography'));

function systemAt(folder: string): System {
  const file = join(folder, 'saga-kit.config.cjs');
  const { title = 'A system', story = storyPath, services }: Config = createRequire(__filename)(file);
  const args = (...more: readonly string[]) => ['--config', file, ...more];
  return {
    title,
    story,
    services: services.map(({ name }) => name),
    args,
    programOf: (service) => ({ file: sagaKit.file, args: args('start', service) }),
  };
}
