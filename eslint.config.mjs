import tseslint from 'typescript-eslint';
import rings from './scripts/rings.cjs';

const noSurprises = [
  ['ExportDefaultDeclaration', 'Export by name, so that a thing has one name everywhere.'],
  ['TSEnumDeclaration', 'A union of literals says the same and costs nothing.'],
  ['TSModuleDeclaration[kind="namespace"]', 'A file is a namespace already.'],
  ['Decorator', 'Wiring is data: bind it in module.ts.'],
  [
    'CatchClause[param=null] > BlockStatement[body.length=0]',
    'Say why this failure may be forgotten, or let it throw.',
  ],
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.data/**', '.cache/**', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...noSurprises.map(([selector, message]) => ({ selector, message }))],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', prefer: 'type-imports' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Ports are asynchronous, whether or not this implementation has to wait.
      '@typescript-eslint/require-await': 'off',
      // The variance slots of contracts, and rows as a driver hands them over: their types are checked where they are made.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: [`${rings.services}/src/**/*.ts`, 'common/contracts/src/**/*.ts', 'examples/**/src/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'error' },
  },
  {
    files: ['common/cli/console/**'],
    languageOptions: { parserOptions: { project: './common/cli/console/tsconfig.json' } },
  },
  { files: ['**/*.test.ts'], rules: { 'max-lines-per-function': 'off' } },
  ...rings.ringRules,
);
