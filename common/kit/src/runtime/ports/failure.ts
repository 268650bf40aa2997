import { DatabaseFault } from './store';

/**
 * What a log says of an error that the code of an adopter may have thrown: its name, its code and where that was. Its text
 * may hold anything, and is for `debug`; that of a fault of the database is ours.
 */
export function failureOf(error: unknown, framesMax = 3): string {
  if (error instanceof DatabaseFault) return String(error);
  if (!(error instanceof Error)) return `a ${typeof error} was thrown`;
  const code = 'code' in error && /^\w{1,40}$/.test(String(error.code)) ? ` (${String(error.code)})` : '';
  return [`${error.name}${code}`, ...framesOf(error).slice(0, framesMax)].join(' ');
}

/** What it says, for a table and not for a log. */
export const textOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** None where the text has changed since: then nobody knows which lines of the stack are its own. */
function framesOf({ stack = '', message }: Error): string[] {
  const from = stack.indexOf(message);
  if (from < 0) return [];
  const lines = stack.slice(from + message.length).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
