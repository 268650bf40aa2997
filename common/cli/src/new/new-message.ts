import { Misconfigured, Usage } from '../command/command';
import {
  addContracts,
  contract,
  contractsFile,
  listContract,
  ownerOf,
  samples,
  type Field,
  type FieldType,
} from './contract-files';
import type { Draft } from './draft';
import { before, importing } from './edits';
import type { Layout } from './layout';
import { messageName, type Name } from './names';

/** A message that is to be written. */
export interface WantedMessage {
  readonly service: Name;
  readonly name: Name;
  /** Of a command; an event has none. */
  readonly reply?: Name;
  readonly fields: readonly Field[];
  readonly refusals: readonly string[];
}
/** `orderId:string,amount:long` */
export function fieldsIn(text: string): readonly Field[] {
  return text.split(',').map((each): Field => {
    const [, name, type] = /^([a-z]\w*):(\w+)$/.exec(each.trim()) ?? [];
    if (name !== undefined && Object.hasOwn(samples, type!)) return { name, type: type as FieldType };
    throw new Usage(`--fields ${each}: a field is name:type, and the type one of ${Object.keys(samples).join(', ')}`);
  });
}

/** A command with its reply, its handler and a test of both. */
export function newCommand(draft: Draft, layout: Layout, wanted: WantedMessage & { readonly reply: Name }): void {
  const { service, name, reply, fields, refusals } = wanted;
  const contracts = contractsFile(draft, layout, service);
  const topic = (of: Name) => `${service.kebab}-${of.kebab}`;
  const text = `${contract('event', service, reply.pascal, topic(reply), fields, '')}
${contract('command', service, name.pascal, topic(name), fields, `  reply: ${reply.pascal},\n  refusals: [${refusals.map((code) => `'${code}'`).join(', ')}],\n`)}
`;
  addContracts(draft, layout, contracts, text, [name.pascal, reply.pascal], service, name.pascal);
  const destructured = fields.map((field) => field.name).join(', ');
  const handler = `async ({ message: { ${destructured} } }) => ${reply.pascal}.of({ ${destructured} })`;
  addHandler(draft, layout, service, name.pascal, handler, reply.pascal);
  draft.create(`${layout.sourceOf(service.kebab)}/${name.kebab}.test.ts`, commandTest(layout, wanted));
}

/** An event that a service sends, declared where its unit of work is, and a test that it leaves. */
export function newEvent(draft: Draft, layout: Layout, wanted: WantedMessage): void {
  const { service, name, fields } = wanted;
  const contracts = contractsFile(draft, layout, service);
  const text = `${contract('event', service, name.pascal, `${service.kebab}-${name.kebab}`, fields, '')}\n`;
  addContracts(draft, layout, contracts, text, [name.pascal], service);
  const work = workOf(draft, layout, service);
  const from = layout.contractsFrom(1);
  draft.edit(work.file, (source) => {
    const declared = /(extends UnitOfWork<\s*\{[^}]*\})(,\s*([^>]+))?>/;
    if (!declared.test(source)) throw new Error('has no unit of work that could declare the event: write it by hand');
    const one = source.replace(
      declared,
      (_, own: string, _more, events?: string) =>
        `${own}, ${events ? `${events.trim()} | ` : ''}typeof ${name.pascal}>`,
    );
    return importing(one, from, `type ${name.pascal}`);
  });
  draft.edit(`${layout.sourceOf(service.kebab)}/module.ts`, (source) => {
    const bound = new RegExp(`(\\.of\\(\\s*${work.name},\\s*(?:\\{[^}]*\\}|\\w+))(,\\s*\\[([^\\]]*)\\])?,?\\s*\\)`);
    if (!bound.test(source))
      throw new Error(`does not bind ${work.name} with its tables: list the event there by hand`);
    const listed = source.replace(
      bound,
      (_, head: string, _more, events?: string) => `${head}, [${events ? `${events}, ` : ''}${name.pascal}])`,
    );
    return importing(listed, layout.contractsFrom(0), name.pascal);
  });
  draft.create(`${layout.sourceOf(service.kebab)}/${name.kebab}.test.ts`, eventTest(layout, wanted, work));
}

/** A service that is told of an event: in its list of contracts, with a handler that does nothing yet. */
export function newListener(draft: Draft, layout: Layout, listener: Name, event: string): void {
  const contracts = contractsFile(draft, layout, listener);
  listContract(draft, layout, contracts, listener, event);
  const owner = ownerOf(draft, layout, event);
  if (owner !== contracts)
    draft.edit(contracts, (text) =>
      importing(text, `./${owner.split('/').at(-1)!.replace(/\.ts$/, layout.extension)}`, event),
    );
  addHandler(draft, layout, listener, event, 'async () => []');
}

function workOf(draft: Draft, layout: Layout, service: Name): { readonly file: string; readonly name: string } {
  const source = layout.sourceOf(service.kebab);
  for (const file of draft.sources(source)) {
    const [, name] = /export abstract class (\w+) extends UnitOfWork</.exec(draft.read(file)) ?? [];
    if (name !== undefined) return { file, name };
  }
  throw new Misconfigured(
    `${source} has no class that extends UnitOfWork: write it by hand, as the other services have it`,
  );
}

function addHandler(
  draft: Draft,
  layout: Layout,
  service: Name,
  name: string,
  handler: string,
  ...uses: readonly string[]
): void {
  const source = layout.sourceOf(service.kebab);
  const list = `${service.camel}Contracts`;
  const begin = new RegExp(`dispatcher\\(\\s*${list},\\s*\\w+,\\s*\\{`);
  const there = draft.sources(source).find((path) => begin.test(draft.read(path)));
  const from = layout.contractsFrom(1);
  if (there !== undefined)
    return draft.edit(there, (text) => {
      const found = begin.exec(text)!;
      const end = text.indexOf('\n});', found.index);
      if (end === -1) throw new Error('has a dispatcher that does not end as the others do: write the handler by hand');
      return importing(`${text.slice(0, end)}\n\n  ${name}: ${handler},${text.slice(end)}`, from, ...uses);
    });
  const work = workOf(draft, layout, service);
  const workModule = `./${work.file.split('/').at(-1)!.replace(/\.ts$/, layout.extension)}`;
  draft.create(
    `${source}/application/${service.kebab}-dispatcher.ts`,
    `import { ${[...uses, list].join(', ')} } from '${from}';
import { dispatcher } from 'saga-kit';
import { ${work.name} } from '${workModule}';

export const ${service.camel}Dispatcher = dispatcher(${list}, ${work.name}, {
  ${name}: ${handler},
});
`,
  );
  draft.edit(`${source}/module.ts`, (text) => {
    const bound = before(
      text,
      / {4}bind\(Routes\)|^ {2}\}\),\n\}\);/m,
      `    bind(MessageHandler).toConstantValue(${service.camel}Dispatcher);\n`,
      'bindings',
    );
    const imported = importing(bound, 'saga-kit/service', 'MessageHandler');
    const line = `import { ${service.camel}Dispatcher } from './application/${service.kebab}-dispatcher${layout.extension}';\n`;
    return before(imported, /import \{[^}]*\} from '\.\/application\//, line, 'import of application/');
  });
}

const valuesOf = (fields: readonly Field[]): string =>
  fields.map(({ name, type }) => `${name}: ${samples[type]}`).join(', ');

const commandTest = (
  { extension, ...layout }: Layout,
  { service, name, reply, fields }: WantedMessage,
): string => `import { ${name.pascal} } from '${layout.contractsFrom(0)}';
import { worldOf } from 'saga-kit/testing';
import { ${service.camel} } from './module${extension}';

test('${name.pascal} is answered with ${reply?.pascal}', async () => {
  const world = await worldOf(${service.camel});
  await world.send(${name.pascal}.of({ ${valuesOf(fields)} }), { target: 'A_TEST', txId: 'tx-1' });
  await world.settled();
  expect(world.log).toEqual(['${name.pascal}', '${reply?.pascal}']);
  await world.close();
});
`;

const eventTest = (
  { extension, ...layout }: Layout,
  { service, name, fields }: WantedMessage,
  work: { file: string; name: string },
): string => `import { ${name.pascal} } from '${layout.contractsFrom(0)}';
import { worldOf } from 'saga-kit/testing';
import { ${service.camel} } from './module${extension}';
import { ${work.name} } from './application/${work.file.split('/').at(-1)!.replace(/\.ts$/, extension)}';

test('${name.pascal} leaves with the transaction that has added it', async () => {
  const world = await worldOf(${service.camel});
  const happened = ${name.pascal}.of({ ${valuesOf(fields)} });
  await world.work('${service.kebab}', ${work.name}).run(async ({ outbox }) => {
    outbox.add({ target: 'A_TEST', txId: 'tx-1' }, happened);
  });
  await world.settled();
  expect(world.log).toEqual(['${name.pascal}']);
  await world.close();
});
`;

/** What a command is answered with, if nobody says otherwise. */
export const replyOf = (command: Name): Name => messageName(`${command.pascal}Done`);
