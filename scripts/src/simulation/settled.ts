import type { SimulatedSystem } from 'saga-kit/testing';

const askAgainMs = 200;

/** Asks for something that a route shows until it is not PENDING any more. */
export async function settled(system: SimulatedSystem, path: string): Promise<any> {
  for (;;) {
    const { body } = await system.request({ method: 'GET', path });
    if (body.status !== 'PENDING') return body;
    await system.pass(askAgainMs);
  }
}

/** What of `actual` is not as it has to be, in words. Where several values will do, `expected` has a list of them. */
export function differences(
  what: string,
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const may = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    const is = actual[name] ?? null;
    if (may.includes(is)) return [];
    return [
      `${what}: ${name} is ${JSON.stringify(is)}, and had to be ${may.map((each) => JSON.stringify(each)).join(' or ')}`,
    ];
  });
}
