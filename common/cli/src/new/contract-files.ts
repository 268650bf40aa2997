import { Misconfigured } from '../command/command';
import type { Draft } from './draft';
import { before, escaped, importing, listing } from './edits';
import type { Layout } from './layout';
import type { Name } from './names';

/** A field of a message that is to be written. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

/** The types that a field may have, and a value of each. */
export const samples = { string: "'a'", int: '1', long: '1', double: '1.5', boolean: 'true' } as const;
export type FieldType = keyof typeof samples;

/** A contract as it is written. */
export const contract = (
  kind: 'command' | 'event',
  service: Name,
  name: string,
  topic: string,
  fields: readonly Field[],
  more: string,
) =>
  `export const ${name} = ${kind}({
  type: 'record',
  name: '${name}',
  namespace: '${service.camel}',
  topic: '${topic}',
  fields: ${fieldsText(fields)},
${more}});
`;

/** The file with the contracts of a service; begun where there is none. */
export function contractsFile(draft: Draft, layout: Layout, service: Name): string {
  if (!draft.exists(`${layout.sourceOf(service.kebab)}/module.ts`))
    throw new Misconfigured(
      `there is no service ${service.kebab} in ${layout.sourceOf(service.kebab)}/module.ts: make it with "npx saga-kit new service ${service.kebab}"`,
    );
  const list = `export const ${service.camel}Contracts = [`;
  const there = draft.sources(layout.contracts).find((path) => draft.read(path).includes(list));
  if (there !== undefined) return there;
  const file = layout.contractsOf(service);
  draft.createUnlessThere(file, '');
  return file;
}

/** The file that a contract is written in. */
export function ownerOf(draft: Draft, layout: Layout, name: string): string {
  const own = draft.sources(layout.contracts).find((path) => isIn(draft.read(path), name));
  if (own === undefined) throw new Misconfigured(`there is no contract ${name} in ${layout.contracts}`);
  return own;
}

/** Whether a contract is written in this text. */
export const isIn = (text: string, name: string): boolean =>
  new RegExp(`export const ${escaped(name)} = (command|event)\\(`).test(text);

/** Writes contracts into a file, and one of them into the list of what its service listens to. */
export function addContracts(
  draft: Draft,
  layout: Layout,
  file: string,
  text: string,
  names: readonly string[],
  service: Name,
  listed?: string,
): void {
  for (const name of names)
    if (draft.sources(layout.contracts).some((path) => isIn(draft.read(path), name)))
      throw new Misconfigured(`there is a contract ${name} already: take another name`);
  const list = `export const ${service.camel}Contracts = [`;
  draft.edit(file, (own) => {
    const longer = own.includes(list)
      ? before(own, new RegExp(escaped(list)), text, 'list')
      : `${own}${own && '\n'}${text}`;
    const kinds = ['command', 'event'].filter((kind) => text.includes(` = ${kind}(`));
    return importing(longer.trimEnd() + '\n', 'saga-kit', ...kinds).replace(/^(import [^\n]*\n)(?=export)/, '$1\n');
  });
  exportNames(draft, layout, file, names);
  if (listed !== undefined) listContract(draft, layout, file, service, listed);
}

/** Writes a contract into the list of what a service listens to. */
export function listContract(draft: Draft, layout: Layout, file: string, service: Name, name: string): void {
  const list = `${service.camel}Contracts`;
  const isNew = !draft.read(file).includes(`export const ${list} = [`);
  draft.edit(file, (text) => {
    if (isNew) return `${text}${text && '\n'}export const ${list} = [${name}] as const;\n`;
    return listing(text, new RegExp(`export const ${list} = \\[`), name, `list ${list}`);
  });
  if (isNew) exportNames(draft, layout, file, [list]);
}

/** Contracts of workspaces are a package, whose index names what is in it. */
function exportNames(draft: Draft, { workspaces, contracts }: Layout, file: string, names: readonly string[]): void {
  if (!workspaces) return;
  const module = `./${file.slice(contracts.length + 1).replace(/\.ts$/, '')}`;
  draft.edit(`${contracts}/index.ts`, (text) => `${text}export { ${names.join(', ')} } from '${module}';\n`);
}

const fieldsText = (fields: readonly Field[]): string => {
  const all = fields.map(({ name, type }) => `{ name: '${name}', type: '${type}' }`);
  return all.length === 1 ? `[${all.join('')}]` : `[\n${all.map((each) => `    ${each},\n`).join('')}  ]`;
};
