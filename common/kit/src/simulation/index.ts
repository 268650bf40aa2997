export { drawBrokerFaults, noBrokerFaults } from './broker-faults';
export type { BrokerFaultKind, BrokerFaults } from './broker-faults';
export type {
  CommitSeen,
  History,
  MessageSeen,
  RecordSeen,
  RowSeen,
  SagaSeen,
  SentSeen,
  ServiceSeen,
  StepSeen,
} from './history';
export { crashMatrix } from './crash-matrix';
export type { CrashCell, CrashFailure, CrashMatrix, CrashMatrixOptions, EndingSeen, KindSeen } from './crash-matrix';
export { crashRun } from './crash-run';
export type { Crash, CrashOptions, CrashRun, Death, Ending } from './crash-run';
export type { DurableAction } from './durable-actions';
export type { SimulatedRequest, SimulatedResponse } from './request';
export type { Action, Scenario, SimulatedSystem } from './scenario';
export { simulate } from './simulation';
export type { Note, Reduction, SimulatedRun } from './simulation';
export { oneOf, randomFrom, wholeBelow } from './random';
export { checkers, violationsOf } from './checkers';
export type { Checker, Expected, ExpectedParked, Violation } from './checkers';
export { SimulatedBroker } from './simulated-broker';
export type { RawRecord, SimulatedRecord } from './simulated-log';
export { shrink } from './shrink';
export type { ShrunkRun } from './shrink';
export { storyOf } from './story-of';
