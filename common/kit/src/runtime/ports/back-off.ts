/**
 * Milliseconds to wait before try number `tries` + 1: doubled each time, then a random half of it, so that nobody
 * marches in step.
 */
export function backOffMs(
  tries: number,
  { firstMs, mostMs }: { firstMs: number; mostMs: number },
  random: number,
): number {
  const fullMs = Math.min(firstMs * 2 ** Math.min(tries - 1, 30), mostMs);
  return Math.round(fullMs / 2 + (fullMs / 2) * random);
}
