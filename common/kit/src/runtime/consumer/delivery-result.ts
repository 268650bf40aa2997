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

/** Something is the matter with its ordering key, and what is kept of that has a row. */
export const isTrouble = ({ now }: DeliveryResult): boolean => now === 'waiting' || now === 'parked';

export const fullMs = 5_000;
const barredMs = 10_000;

export const handled: DeliveryResult = { now: 'handled', releases: false };
export const left: DeliveryResult = { now: 'left' };
export const waiting = (waitMs: number): DeliveryResult => ({ now: 'waiting', waitMs, next: 'another try' });
/** Others hold a row that it needs. It has done nothing wrong, and uses no budget; alone, it holds up nobody else. */
export const barred: DeliveryResult = { now: 'waiting', waitMs: barredMs, next: 'barred' };
export const full: DeliveryResult = { now: 'waiting', waitMs: fullMs, next: 'a place' };
