/** Something that the kit might have got wrong: a change to what was compiled of it. Nothing of it is in the kit. */
export interface Bug {
  readonly name: string;
  /** What it breaks, in the words of the promise. */
  readonly promise: string;
  readonly changes: readonly Change[];
  /** Which rungs have to find it. */
  readonly rungs: readonly Rung[];
}

/** What can find a bug: simulations of this repository's systems, and its crash matrix. */
export const rungs = ['orders', 'mall', 'orchestrated mall', 'crash matrix'] as const;
export type Rung = (typeof rungs)[number];

export interface Change {
  /** Below common/kit/dist. */
  readonly file: string;
  /** What is there once, to the letter. */
  readonly find: string;
  readonly replace: string;
}

/** The text of a file with a bug in it. Throws where what is to be changed is not there exactly once. */
export function withChange(text: string, { file, find, replace }: Change): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has ${places} times what is to be changed once: ${find}`);
  return text.replace(find, () => replace);
}
