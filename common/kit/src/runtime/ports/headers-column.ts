import type { Headers } from './broker';
import type { Column } from './table';

type Stored = readonly (readonly [name: string, value: string | null | { readonly base64: string }])[];

/** Headers as a column of text: those that are UTF-8 can be read there. All of them come back byte by byte. */
export const headersColumn: Column<Headers> = {
  type: { kind: 'text' },
  write: (headers) => JSON.stringify(headers.map(([name, value]) => [name, value && storedOf(value)])),
  read: (stored) => {
    const pairs: Stored = typeof stored === 'string' ? JSON.parse(stored) : stored;
    return pairs.map(([name, value]) => [name, value === null ? null : bytesOf(value)]);
  },
};

function storedOf(value: Buffer): string | { readonly base64: string } {
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : { base64: value.toString('base64') };
}

const bytesOf = (stored: string | { readonly base64: string }): Buffer =>
  typeof stored === 'string' ? Buffer.from(stored, 'utf8') : Buffer.from(stored.base64, 'base64');
