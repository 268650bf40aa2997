import { userInfo } from 'node:os';
import { z } from 'zod';
import { Usage } from '../command/command';
import { exits, type Terminal } from '../command/terminal';
import type { Ask } from './ask';

/** What every act takes. */
export const actOptions = {
  yes: { type: 'boolean', default: false },
  reason: { type: 'string' },
  who: { type: 'string' },
} as const;

/** Who acts, and why; and whether it is to be done, or only said. */
export interface Acting {
  readonly who: string;
  readonly reason: string;
  readonly yes: boolean;
  readonly json: boolean;
}

/** What was typed of an act. */
export function actingOf({
  reason,
  who = userInfo().username,
  yes,
  json,
}: Omit<Acting, 'reason' | 'who'> & {
  readonly reason?: string | undefined;
  readonly who?: string | undefined;
}): Acting {
  if (reason === undefined) throw new Usage('--reason says why: it is kept');
  return { who, reason, yes, json };
}

/** What an act is answered with. */
export const Act = z.object({ outcome: z.enum(['would', 'done']), does: z.string(), version: z.string().nullable() });

/** Says what a verb would do to `id`; with `--yes` it is done, on what was seen and nothing else. */
export async function act(
  ask: Ask,
  { path, verb, id }: { readonly path: string; readonly verb: string; readonly id: string },
  { who, reason, yes, json }: Acting,
  terminal: Terminal,
  details: object = {},
): Promise<number> {
  const would = Act.parse(await ask('POST', path, { who, reason, ...details }));
  if (!yes) {
    terminal.say(json ? JSON.stringify(would, null, 2) : `would ${verb} ${id}: it ${would.does}`);
    terminal.hint('nothing is done: add --yes to do it');
    return exits.fine;
  }
  const done = Act.parse(await ask('POST', path, { who, reason, version: would.version, ...details }));
  terminal.say(json ? JSON.stringify(done, null, 2) : `${verb} of ${id} is done: it ${done.does}`);
  return exits.fine;
}
