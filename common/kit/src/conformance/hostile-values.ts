import { randomBytes } from 'node:crypto';

/** Texts that try to be something else than a value. */
const breakouts = [
  "'",
  '"',
  '`',
  '\\',
  "\\'",
  '\\\\',
  "''",
  '\\"',
  "'; drop table suite_things; --",
  '"; drop table suite_things; --',
  "' or '1'='1",
  "' or 1=1 --",
  '`; drop table `suite_things`; --',
  '%',
  '_',
  '?',
  '??',
  ':id',
  '@id',
  '$1',
  '${id}',
  '{{id}}',
  '--',
  '/*',
  '*/',
  '#',
  '0',
  '00',
  '007',
  '1e3',
  '0x41',
  'null',
  'NULL',
  'true',
  'a',
  'A',
  'a,b',
  '(',
  ')',
];

/** Printable ASCII, as keys are. */
export const ids = [...breakouts, 'x'.repeat(200)];

/** Whatever can be said in UTF-8. */
export const texts = [
  ...breakouts,
  '',
  ' ',
  '  a  ',
  '\u0000',
  'a\u0000b',
  "\u0000'; --",
  '\u001a',
  'a\u001ab',
  '\b\t\n\v\f\r\u001b\u007f',
  '\r\n',
  'é',
  'e\u0301',
  'ß',
  'ſ',
  '日本語',
  '🍕',
  '👩‍👩‍👧',
  '\u{10ffff}',
  '\ufeff',
  '\ufffd',
  '\u2028',
  '\ud7ff',
  '\ue000',
  "縗' or 1=1 --", // in other character sets its last byte would take the quote with it, or the backslash before it
  "\u00bf' or 1=1 --",
  "\u00bf\\' or 1=1 --",
  '[1]',
  '{"a":1}',
  '"',
  'x'.repeat(300_000),
  "'\\🍕".repeat(30_000),
];

const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
/** With none, one and every kind of them, up to nearly what a broker takes. */
export const someBytes = [
  Buffer.alloc(0),
  Buffer.alloc(1),
  Buffer.alloc(3),
  every,
  Buffer.concat([every, every]),
  Buffer.from("'; --"),
  randomBytes(800_000),
];

/** Around the sizes of machine words, up to the last safe integer. */
export const numbers = [
  0,
  1,
  -1,
  127,
  32_768,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 52 + 1,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
];
/** In milliseconds since 1970, as far as a `Date` goes. */
export const times = [0, 1, -1, 999, 1_767_225_600_123, 2 ** 32 * 1000, 8.64e15, -8.64e15];
