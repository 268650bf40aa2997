export { ManualClock } from './manual-clock';
export { Stub, stub } from './stub';
export { stubRulesSchema } from './stub-rules';
export type { StubRule } from './stub-rules';
export { World, worldOf, worldWith } from './world';
export type { WorldOptions } from './world';
