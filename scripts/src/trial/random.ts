import { wholeBelow } from 'saga-kit/testing';

export { oneOf, randomFrom, wholeBelow } from 'saga-kit/testing';

/** Cut from one pool, at another place each time: bytes by the megabyte cost no time. */
export function bytesFrom(random: () => number): (count: number) => Buffer {
  const pool = Buffer.from(Array.from({ length: poolBytes }, () => wholeBelow(random, 256)));
  return (count) => {
    const from = wholeBelow(random, poolBytes - count);
    return pool.subarray(from, from + count);
  };
}
const poolBytes = 1_000_000;
