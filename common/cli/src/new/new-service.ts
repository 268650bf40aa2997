import type { Draft } from './draft';
import { before, listing } from './edits';
import type { Layout } from './layout';
import type { Name } from './names';
import { serviceFiles } from './service-files';

/** A whole service, and its place in the one list of services. */
export function newService(draft: Draft, layout: Layout, name: Name): void {
  const source = layout.sourceOf(name.kebab);
  for (const [path, text] of Object.entries(serviceFiles(name, layout))) draft.create(`${source}/${path}`, text);
  if (layout.workspaces) asWorkspace(draft, layout, name);
  else inOneProject(draft, layout, name);
}

function asWorkspace(draft: Draft, { scope }: Layout, { kebab }: Name): void {
  draft.create(
    `${kebab}/package.json`,
    json({
      name: `${scope}${kebab}`,
      version: '0.1.0',
      private: true,
      description: `The ${kebab} service`,
      scripts: { start: `node ../scripts/run.mjs ${kebab}` },
      exports: { '.': { '@saga-kit/source': './src/module.ts', default: './dist/module.js' } },
      dependencies: {
        [`${scope}contracts`]: '0.1.0',
        knex: '^3.3.0',
        'saga-kit': '0.1.0',
        zod: '^4.6.7',
      },
    }),
  );
  draft.create(
    `${kebab}/tsconfig.json`,
    `{
  "extends": "../tsconfig.base.json",
  "compilerOptions": { "rootDir": "src", "outDir": "dist", "tsBuildInfoFile": "dist/.tsbuildinfo" },
  "include": ["src"],
  "exclude": ["src/**/*.test.ts", "src/**/*.types.ts"],
  "references": [{ "path": "../common/kit" }, { "path": "../common/contracts" }]
}
`,
  );
  draft.edit('package.json', (text) => {
    const own = JSON.parse(text) as { workspaces: string[] };
    return json({ ...own, workspaces: [...own.workspaces, kebab] });
  });
}

/** The configuration, and what compiles and tests the sources where nothing does yet. */
function inOneProject(draft: Draft, { isEsm }: Layout, { kebab, camel }: Name): void {
  draft.createUnlessThere('tsconfig.json', tsconfig);
  draft.createUnlessThere('jest.config.cjs', jestConfig);
  const module = `./dist/${kebab}/module.js`;
  const line = isEsm ? `import { ${camel} } from '${module}';` : `const { ${camel} } = require('${module}');`;
  const config = ['js', 'cjs', 'mjs'].map((each) => `saga-kit.config.${each}`).find((each) => draft.exists(each));
  if (config === undefined) {
    const cli = isEsm
      ? `import { defineConfig } from '@saga-kit/cli';`
      : `const { defineConfig } = require('@saga-kit/cli');`;
    const head = isEsm ? 'export default' : 'module.exports =';
    const text = `${cli}\n${line}\n\n${head} defineConfig({\n  title: 'My services',\n  services: [${camel}],\n});\n`;
    return draft.create(isEsm ? 'saga-kit.config.mjs' : 'saga-kit.config.cjs', text);
  }
  draft.edit(config, (text) => {
    const listed = listing(text, /services: \[/, camel, 'list "services: [" of services');
    return before(listed, /^(export default|module\.exports)/m, `${line}\n`, 'export').replace(
      `\n\n${line}\n`,
      `\n${line}\n\n`,
    );
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const tsconfig = `{
  "compilerOptions": {
    "strict": true,
    "module": "nodenext",
    "target": "es2023",
    "rootDir": "src",
    "outDir": "dist",
    "types": ["node"],
    "skipLibCheck": true
  },
  "include": ["src"],
  "exclude": ["src/**/*.test.ts"]
}
`;

const jestConfig = `// Tests run from the sources.
module.exports = {
  roots: ['<rootDir>/src'],
  transform: {
    '\\\\.m?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: { '^(\\\\.{1,2}/.*)\\\\.js$': '$1' },
};
`;
