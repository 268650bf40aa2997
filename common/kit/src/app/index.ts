export { embeddedGuarantees, startEmbedded } from './embedded';
export type { Started } from './embedded';
export { openService } from './open-service';
export type { Running, Wiring } from './open-service';
export { SampleData, service } from './service-literal';
export type { ServiceLiteral } from './service-literal';
export { commonSettings, embeddedSettings, kafkaSettings, registrySettings, settingsFrom } from './settings';
export { jsonLog, systemClock, systemEnvironment, systemIds } from './system-environment';
export { Teardown } from './teardown';
