/** Numbers that look random and are the same for the same seed. Source: mulberry32, by Tommy Ettinger. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 on, below another. */
export const wholeBelow = (random: () => number, below: number): number => Math.floor(random() * below);

/** One of a list that is not empty. */
export const oneOf = <T>(random: () => number, list: readonly T[]): T => list[wholeBelow(random, list.length)]!;

/** A seed that is made of a seed and a name. Source: FNV-1a, by Fowler, Noll and Vo. */
export function hashOf(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
