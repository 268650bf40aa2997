/** What the command is made with, and who wires services himself. It may change with any version. */
export {
  Teardown,
  bearerToken,
  brokerSettings,
  checkRouting,
  commonSettings,
  embeddedGuarantees,
  embeddedSettings,
  giveUp,
  jsonLog,
  kafkaGuarantees,
  kafkaSettings,
  mysqlSettings,
  openOnKafka,
  registrySettings,
  routesAt,
  routingOf,
  run,
  serviceSettings,
  settingsFrom,
  startEmbedded,
  startOnKafka,
  systemEnvironment,
} from '../app';
export {
  avroTypeOf,
  canonical,
  changeText,
  contractNameOf,
  errorSchema,
  fullNameOf,
  schemaChanges,
  subjectsOf,
  targetSchema,
  topicOf,
} from '../codec';
export type { SchemaChange } from '../codec';
export type { LogRecord } from '../embedded';
export {
  application,
  callersHere,
  consumerSchema,
  definitionsSchema,
  documentRoute,
  frontPage,
  listen,
  live,
  mergedStory,
  openApi,
  projectionsSchema,
  retentionSchema,
  readiness,
  refuse,
  storyPath,
  storyRoute,
} from '../http';
export type { Hand, RouteFacts, RunningServer, Story, StoryAct, StoryNode } from '../http';
export { Metrics, strandedBy } from '../runtime';
export type { Health, MessageRouting, OpenInstances } from '../runtime';
export { openSqlite } from '../sql';
