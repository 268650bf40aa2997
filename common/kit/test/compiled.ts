/**
 * Lines that are compiled and not run. Those under a "@ts-expect-error" must not compile, all others must: tsc says so, and
 * compile-errors.test.ts.
 */
export const compiled = (_lines: (...never: never[]) => unknown): void => {};

/** Compiles where both types are one. */
export const same = <A, B>(..._proof: Same<A, B> extends true ? [] : ['these are two types']): void => {};
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
