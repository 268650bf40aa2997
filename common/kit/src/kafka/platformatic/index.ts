export { platformaticClient } from './client';
export type { Library, PlatformaticClient } from './client';
export { PlatformaticBroker } from './platformatic-broker';
export type { PlatformaticBrokerOptions } from './platformatic-broker-options';
