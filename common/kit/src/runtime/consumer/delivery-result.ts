import type { ParkReason } from '../ports/kit-tables';
import type { Wait } from './try-state';

/** What a transaction will have made of a delivery, once it is committed. */
export type DeliveryResult =
  /** `releases`: what is parked behind it has to be handled now. */
  | { readonly now: 'handled'; readonly releases: boolean }
  | {
      readonly now: 'parked';
      readonly id: string;
      readonly reason: ParkReason;
      readonly error: string;
      readonly attempts: number;
    }
  /** It stays parked. */
  | { readonly now: 'left' }
  | { readonly now: 'waiting'; readonly waitMs: number; readonly next: Wait };
