import type { Scenario } from 'saga-kit/testing';
import { mallScenario } from './mall-scenario';
import { orchestratedMallScenario } from './orchestrated-mall-scenario';
import { orderScenario } from './order-scenario';

/** So many actions of customers with each seed. */
const actions = 52;

/** The systems of this repository, each as its simulation has it. */
export const scenarios = (): readonly Scenario[] => [
  orderScenario(actions),
  mallScenario(actions),
  orchestratedMallScenario(actions),
];
