export { checkRouting, unheardCommands } from './check-routing';
export { embeddedGuarantees, startEmbedded } from './embedded';
export type { RunningSystem } from './embedded';
export { kafkaGuarantees, openOnKafka, startOnKafka } from './on-kafka';
export type { KafkaParts } from './on-kafka';
export { routingOf } from './routing-of';
export { onlyHelp } from './only-help';
export { openService } from './open-service';
export type { RunningService, Wiring } from './open-service';
export { giveUp, routesAt, run, serve } from './serve';
export { SampleData, service } from './service-literal';
export type { ServiceLiteral } from './service-literal';
export {
  brokerSettings,
  commonSettings,
  embeddedSettings,
  kafkaSettings,
  mysqlSettings,
  registrySettings,
  serviceSettings,
  settingsFrom,
} from './settings';
export { jsonLog, systemClock, systemEnvironment, systemIds } from './system-environment';
export { Teardown } from './teardown';
export { bearerToken } from './setting-values';
