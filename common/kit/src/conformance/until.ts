import { setTimeout } from 'node:timers/promises';

const patienceMs = 20_000;
const pollMs = 3;

/** Resolves when a fact has come about. Rejects, saying what never came, when that takes longer than anything should. */
export async function until(what: string, fact: () => boolean | Promise<boolean>): Promise<void> {
  const tooLateMs = performance.now() + patienceMs;
  while (!(await fact())) {
    if (performance.now() > tooLateMs) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await setTimeout(pollMs);
  }
}
