import type { ErrorEventMessage } from '../../envelope';

/** Ids and names are keys of tables, and of paths in them. */
const rules = {
  id: { charsMax: 200 },
  causationId: { charsMax: 200 },
  target: { charsMax: 60 },
  txId: { charsMax: 64, without: '/' },
  code: { charsMax: 60 },
} as const satisfies Partial<Record<keyof ErrorEventMessage, Rule>>;
interface Rule {
  readonly charsMax: number;
  readonly without?: string;
}

/** Why nobody could receive an envelope with this in it, as a sentence; `undefined` if somebody could. */
export function faultOf(field: keyof typeof rules, value: string): string | undefined {
  const rule: Rule = rules[field];
  const fault = faultIn(value, rule);
  const without = rule.without === undefined ? 'a space' : `a space or ${rule.without}`;
  return fault && `${field} ${fault}; it has to be 1 to ${rule.charsMax} printable ASCII characters without ${without}`;
}

function faultIn(value: unknown, { charsMax, without = '' }: Rule): string | undefined {
  if (typeof value !== 'string') return `is ${value === null ? 'null' : typeof value}, not text`;
  if (value === '') return 'is empty';
  if (value.length > charsMax) return `has ${value.length} characters`;
  if (printable.test(value) && (without === '' || !value.includes(without))) return undefined; // each message is asked five times
  const chars = [...value];
  const at = chars.findIndex((char) => !printable.test(char) || char === without);
  return `has ${JSON.stringify(chars[at])} as its character ${at + 1}`;
}

const printable = /^[!-~]+$/;
