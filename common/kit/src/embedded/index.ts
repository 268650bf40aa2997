export { EmbeddedBroker } from './embedded-broker';
export { EmbeddedRegistry } from './embedded-registry';
export { LogFile } from './log-file';
export type { LogRecord } from './log-file';
