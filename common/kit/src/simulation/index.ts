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
export { oneOf, randomFrom, wholeBelow } from './random';
