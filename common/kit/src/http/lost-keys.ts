/** A place in a JSON value. */
interface ValuePath {
  readonly value: unknown;
  readonly from?: { readonly place: ValuePath; readonly key: PropertyKey };
}

/**
 * Paths to the keys `__proto__` in a JSON value, which zod leaves out of records and of what is no strict object without a
 * word. Not recursive: a body may be nested as deep as it is long.
 */
export function lostKeys(body: unknown): PropertyKey[][] {
  const lost: PropertyKey[][] = [];
  const places: ValuePath[] = [{ value: body }];
  for (let place = places.pop(); place; place = places.pop()) {
    const { value } = place;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, each] of Object.entries(value)) {
      const below: ValuePath = { value: each, from: { place, key: Array.isArray(value) ? Number(key) : key } };
      if (key === '__proto__') lost.push(pathTo(below));
      else places.push(below);
    }
  }
  return lost;
}

function pathTo({ from }: ValuePath): PropertyKey[] {
  const path: PropertyKey[] = [];
  for (let step = from; step; step = step.place.from) path.push(step.key);
  return path.reverse();
}
