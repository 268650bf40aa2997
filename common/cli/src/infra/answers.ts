import { setTimeout } from 'node:timers/promises';
import type { Component } from './component';

export interface Patience {
  readonly boundMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Which process has to answer, of a component that has several. */
  readonly process?: number | undefined;
  /** Throws when there is nothing left to wait for. */
  readonly check?: () => void;
}

/** Resolves when the component at `address` answers; rejects with its last fault when it does not in time. */
export async function untilAnswers({ ask, variable }: Component, address: string, patience: Patience): Promise<void> {
  const until = performance.now() + patience.boundMs;
  for (;;) {
    patience.signal?.throwIfAborted();
    patience.check?.();
    const fault = await faultOf(ask(address, patience.process));
    if (fault === undefined) return;
    if (performance.now() > until)
      throw new Error(`${variable}=${shown(address)} does not answer within ${patience.boundMs} ms: ${fault}`);
    await setTimeout(100, undefined, { signal: patience.signal });
  }
}

export const answersNow = async ({ ask }: Component, address: string, process?: number): Promise<boolean> =>
  (await faultOf(ask(address, process))) === undefined;

/** An address without its password. */
export const shown = (address: string): string => address.replace(/:[^:@/]+@/, ':…@');

async function faultOf(asked: Promise<void>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    const { message, code, cause } = error as Error & { code?: string; cause?: Error & { code?: string } };
    return cause?.code ?? (message || code) ?? String(error);
  }
}
