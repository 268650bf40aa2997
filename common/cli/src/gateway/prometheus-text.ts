/** Several texts as one: what has one name stands together and is described once, as the format asks for. */
export function together(texts: readonly string[]): string {
  const families = new Map<string, { readonly about: Map<string, string>; readonly samples: string[] }>();
  const histograms = new Set<string>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, what, about] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
    const found = about ?? /^[\w:]+/.exec(line)?.[0];
    if (found === undefined) continue;
    if (line.startsWith('# TYPE') && line.endsWith(' histogram')) histograms.add(found);
    const base = found.replace(/_(bucket|sum|count)$/, '');
    const name = histograms.has(base) ? base : found;
    let family = families.get(name);
    if (!family) families.set(name, (family = { about: new Map<string, string>(), samples: [] }));
    if (what === undefined) family.samples.push(line);
    else if (!family.about.has(what)) family.about.set(what, line);
  }
  return [...families.values()]
    .flatMap(({ about, samples }) => [...about.values(), ...samples])
    .map((line) => `${line}\n`)
    .join('');
}

/** The same with a label more to each sample. */
export const labelled = (text: string, label: string, value: string): string =>
  text.replace(
    /^([\w:]+)(?:\{(.*)\})?( .*)$/gm,
    (_, name: string, labels: string | undefined, rest: string) =>
      `${name}{${labels ? `${labels},` : ''}${label}="${value}"}${rest}`,
  );
