import type { Ending } from 'saga-kit/testing';
import { choreographyEndings } from './endings-of-choreography';
import { orchestrationEndings } from './endings-of-orchestration';
import { orderEndings } from './endings-of-orders';

/** Every way in which something ends in the systems of this repository. */
export const endings: readonly Ending[] = [...orderEndings, ...choreographyEndings, ...orchestrationEndings];
