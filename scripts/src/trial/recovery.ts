import { setTimeout } from 'node:timers/promises';
import { mysqlRows } from './books';

const boundMs = 90_000;

/** How long every saga that has begun by now takes to end; null when some have not after 90 seconds. */
export async function recoveredMs(url: string, prefix: string): Promise<number | null> {
  const now = Date.now();
  const beganAt = performance.now();
  const open = `select count(*) as open from kit_sagas where status in ('running', 'compensating') and started_at < ${now}`;
  while (performance.now() - beganAt < boundMs) {
    const [row] = await mysqlRows<{ open: number }>(url, `${prefix}order`, open).catch(() => []); // asked again
    if (row?.open === 0) return Math.round(performance.now() - beganAt);
    await setTimeout(250);
  }
  return null;
}
