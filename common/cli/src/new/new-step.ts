import { Misconfigured } from '../command/command';
import type { Draft } from './draft';
import { before, escaped, importing, listing } from './edits';
import type { Layout } from './layout';

/** Where a step stands in its saga. */
export interface WantedStep {
  readonly saga: string;
  readonly command: string;
  /** The command that takes it back; of a compensatable step. */
  readonly undo: string | undefined;
  readonly isRetriable: boolean;
}

/** A line in a saga. What its command needs of the state, the compiler says. */
export function newStep(draft: Draft, layout: Layout, { saga, command, undo, isRetriable }: WantedStep): void {
  const name = new RegExp(`^ {2}name: '${escaped(saga)}'`, 'm'); // of code: an example in a comment is indented otherwise
  const file = draft
    .sources('.')
    .find((path) => /^(?:export )?const \w+ = saga\(\{/m.test(draft.read(path)) && name.test(draft.read(path)));
  if (file === undefined)
    throw new Misconfigured(
      `there is no saga ${saga}: write saga({ name: '${saga}', … }) in application/ of the service that begins it`,
    );
  const list = isRetriable ? 'retriable' : 'compensatable';
  const line = isRetriable ? `{ do: ${command} }` : `{ do: ${command}, undo: ${undo ?? "'nothing'"} }`;
  draft.edit(file, (text) => {
    const has = new RegExp(`^ {2}${list}: \\[`, 'm').test(text);
    const last = /^\}\);/m; // of the saga: what stands before it is inside
    const at = text.search(name);
    const [head, body] = [text.slice(0, at), text.slice(at)];
    const longer = has
      ? listing(body, new RegExp(`^ {2}${list}: \\[`, 'm'), line, `list of ${list} steps`)
      : before(body, last, `  ${list}: [${line}],\n`, 'end of the saga');
    return importing(head + longer, layout.contractsFrom(1), command, ...(undo === undefined ? [] : [undo]));
  });
}
