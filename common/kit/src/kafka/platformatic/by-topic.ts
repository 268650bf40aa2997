export function byTopic<Place extends { readonly topic: string }>(places: readonly Place[]): [string, Place[]][] {
  const topics = new Map<string, Place[]>();
  for (const place of places) {
    const same = topics.get(place.topic);
    if (same) same.push(place);
    else topics.set(place.topic, [place]);
  }
  return [...topics];
}
