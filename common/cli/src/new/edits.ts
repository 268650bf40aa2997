/** `text` with `more` before the first match of `where`; throws, saying `what` is lacking, when there is none. */
export function before(text: string, where: RegExp, more: string, what: string): string {
  const at = text.search(where);
  if (at === -1) throw new Error(`has no ${what}: write it by hand, as the other services have it`);
  return text.slice(0, at) + more + text.slice(at);
}

/** `text` that imports these names from a module as well. */
export function importing(text: string, from: string, ...names: readonly string[]): string {
  const own = new RegExp(`import \\{([^}]*)\\} from '${escaped(from)}';`);
  const [line, list] = own.exec(text) ?? [];
  if (line === undefined) return `import { ${names.join(', ')} } from '${from}';\n${text}`;
  const there = list!.split(',').flatMap((each) => each.trim() || []);
  return text.replace(line, `import { ${sorted([...there, ...names]).join(', ')} } from '${from}';`);
}

/** `text` in which the list that begins at `begin` has one more entry at its end. */
export function listing(text: string, begin: RegExp, entry: string, what: string): string {
  const found = begin.exec(text);
  if (!found) throw new Error(`has no ${what}: write it by hand, as the other services have it`);
  const from = found.index + found[0].length;
  const end = closing(text, from);
  const inside = text.slice(from, end).trimEnd().replace(/,$/, '');
  const isLong = inside.includes('\n');
  const separator = inside.trim() === '' ? '' : isLong ? ',' : ', ';
  const added = isLong ? `\n    ${entry},\n  ` : entry;
  return text.slice(0, from) + inside + separator + added + text.slice(end);
}

/** Where the bracket closes that is open at `from`. */
function closing(text: string, from: number): number {
  for (let at = from, depth = 0; at < text.length; at++) {
    if ('[({'.includes(text[at]!)) depth++;
    if ('])}'.includes(text[at]!) && depth-- === 0) return at;
  }
  return text.length;
}

export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const sorted = (names: readonly string[]): string[] =>
  [...new Set(names)].sort((one, other) => (bare(one).toLowerCase() < bare(other).toLowerCase() ? -1 : 1));
const bare = (name: string): string => name.replace(/^type /, '');
