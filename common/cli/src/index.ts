export { defineConfig } from './config';
export type { Config } from './config';
