import { createHash } from 'node:crypto';
import type { History } from './history';

/** SHA-256 of a history, as JSON, or of the bytes of a message; as hexadecimal text. */
export const digestOf = (of: History | Buffer): string =>
  createHash('sha256')
    .update(of instanceof Buffer ? of : JSON.stringify(of))
    .digest('hex');
