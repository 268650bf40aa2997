import type { Layout } from './layout';
import type { Name } from './names';

/** What a new service begins with: something that it keeps, the routes to it, and a test that it runs. By path in its sources. */
export function serviceFiles(
  { kebab, camel, pascal }: Name,
  { extension: js }: Layout,
): Readonly<Record<string, string>> {
  const [many, id] = [`${camel}s`, `${camel}Id`];
  return {
    [`domain/${kebab}.ts`]: `/** What the ${kebab} service keeps. */
export type ${pascal} = Readonly<{ ${id}: number; name: string }>;
`,
    [`application/${kebab}-work.ts`]: `import { UnitOfWork, type Repository } from 'saga-kit';
import type { ${pascal} } from '../domain/${kebab}${js}';

export abstract class ${pascal}Work extends UnitOfWork<{ ${many}: Repository<${pascal}, number> }> {}
`,
    [`adapters/${kebab}-table.ts`]: `import { createsTable, integer, table, text, type Migration } from 'saga-kit/service';
import type { ${pascal} } from '../domain/${kebab}${js}';

export const ${camel}Table = table<${pascal}, number>('${kebab.replaceAll('-', '_')}s', { ${id}: integer, name: text });

export const ${camel}Migrations: readonly Migration[] = [createsTable('${kebab}-001-${kebab}s', ${camel}Table)];
`,
    [`adapters/${kebab}-routes.ts`]: routes({ kebab, camel, pascal }, js),
    'module.ts': `import { Routes } from 'saga-kit/http';
import { ContainerModule, service, UnitsOfWork } from 'saga-kit/service';
import { ${camel}Routes } from './adapters/${kebab}-routes${js}';
import { ${camel}Migrations, ${camel}Table } from './adapters/${kebab}-table${js}';
import { ${pascal}Work } from './application/${kebab}-work${js}';

export const ${camel} = service({
  name: '${kebab}',
  migrations: ${camel}Migrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(${pascal}Work).toResolvedValue(
      (unitsOfWork) => unitsOfWork.of(${pascal}Work, { ${many}: ${camel}Table }),
      [UnitsOfWork],
    );
    bind(Routes).toResolvedValue((work) => ({ routes: ${camel}Routes(work) }), [${pascal}Work]);
  }),
});
`,
    'module.test.ts': `import { worldOf } from 'saga-kit/testing';
import { ${pascal}Work } from './application/${kebab}-work${js}';
import { ${camel} } from './module${js}';

test('the ${kebab} service keeps what is put', async () => {
  const world = await worldOf(${camel});
  const work = world.work('${kebab}', ${pascal}Work);
  await work.run(async ({ ${many} }) => ${many}.put({ ${id}: 1, name: 'Ada' }));
  expect(await work.read(({ ${many} }) => ${many}.get(1))).toEqual({ ${id}: 1, name: 'Ada' });
  await world.close();
});
`,
    'main.ts': `import { serve } from 'saga-kit/service';
import { ${camel} } from './module${js}';

serve(${camel});
`,
  };
}

const routes = (
  { kebab, camel, pascal }: Name,
  js: string,
): string => `import { id, inDigits, plainText, problem, route, type Route } from 'saga-kit/http';
import { z } from 'zod';
import type { ${pascal}Work } from '../application/${kebab}-work${js}';

const path = z.object({ ${camel}Id: inDigits(id) });
const newOne = z.strictObject({ name: plainText(200) });
const known = z.object({ ${camel}Id: id, ...newOne.shape });

export const ${camel}Routes = (work: ${pascal}Work): Route[] => [
  route(
    { method: 'GET', path: '/${kebab}s/:${camel}Id', summary: 'One ${kebab}', params: path, answers: { 200: known } },
    async ({ params: { ${camel}Id } }) => {
      const found = await work.read(({ ${camel}s }) => ${camel}s.get(${camel}Id));
      return found ? { status: 200, body: found } : problem(404, \`there is no ${kebab} \${${camel}Id}\`);
    },
  ),
  route(
    {
      method: 'PUT',
      path: '/${kebab}s/:${camel}Id',
      summary: 'Creates or replaces one ${kebab}',
      params: path,
      body: newOne,
      answers: { 200: known, 201: known },
    },
    ({ params: { ${camel}Id }, body }) =>
      work.run(async ({ ${camel}s }) => {
        const there = await ${camel}s.get(${camel}Id);
        const put = { ${camel}Id, ...body };
        ${camel}s.put(put);
        return there ? { status: 200, body: put } : { status: 201, body: put };
      }),
  ),
];
`;
