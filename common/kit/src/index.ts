/** The vocabulary: what contracts, sagas, handlers and use cases are written in. It depends on nothing. */
export { timestamp, uuid } from './avro';
export type { AvroField, AvroRecord, AvroType, AvroValue, Shape, ValueOf } from './avro';
export { command, event, isCommand, UNDONE } from './contract';
export type { CodeOf, Command, Contract, Event, Message, PayloadOf, Refusal } from './contract';
export { dispatcher } from './dispatcher';
export type { AnswerTo, Dispatcher, Handler, Handlers } from './dispatcher';
export type { Envelope, ErrorEventMessage, TargetEventMessage } from './envelope';
export { orchestrator } from './orchestrator';
export type { Endings, Orchestrator, SagaRefusal } from './orchestrator';
export { Clock, Ids, Outbox, Overloaded, Repository, Sagas, UnitOfWork } from './ports';
export type { Cancel, Cancellation, Delay, KitPorts, Ports, Correlation, RowId, UnitOfWorkToken } from './ports';
export { defaultDeadlineMs, defaultRetryAfterMs, saga } from './saga';
export type { CancellationsOf, CodesOf, Saga, SagaTrigger, StateOf, Step, StepsOf } from './saga';
export { record } from './record';
export { Unprocessable } from './unprocessable';
