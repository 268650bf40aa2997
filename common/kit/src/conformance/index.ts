/** What every adapter of a port has to do: hand the port of yours to its cases, and run them with any test runner. */
export { brokerCases } from './broker-cases';
export type { BrokerFeatures } from './broker-cases';
export type { BrokerUnderTest } from './under-test';
export { caseMs } from './case';
export type { Case, Feature } from './case';
export { clockCases } from './clock-cases';
export type { ClockUnderTest } from './clock-cases';
export { idsCases } from './ids-cases';
export { registryCases } from './registry-cases';
export type { RegistryFeatures, RegistryUnderTest } from './registry-cases';
export { storesCases } from './stores-cases';
export type { StoresFeatures } from './stores-cases';
export type { StoresUnderTest } from './under-test';
