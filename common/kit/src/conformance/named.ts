import { randomBytes } from 'node:crypto';

/** A name that nobody has used: suites share brokers and registries that remember. */
export const named = (what: string): string => `${what}-${randomBytes(6).toString('hex')}`;
