import { parseArgs, type ParseArgsConfig } from 'node:util';
import { exits, type Terminal } from './terminal';

/** A command of ours: what it is called with, and what it needs to know besides. Resolves with its exit code. */
export type Command<Known extends readonly unknown[] = []> = (
  args: readonly string[],
  terminal: Terminal,
  ...known: Known
) => Promise<number>;

/** The command was not typed right: whoever did it is told why, and how it is. */
export class Usage extends Error {
  override readonly name = 'Usage';
}

/** What the command was given to work with is not right: an environment variable, a file of the caller's. */
export class Misconfigured extends Error {
  override readonly name = 'Misconfigured';
}

/** Somebody has pressed Ctrl-C, or ended the process in another way. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What a command is called, beside its code. */
export interface CommandText {
  /** A sentence, the ways to call it with two spaces before each, what else there is to know, and what it ends with. */
  readonly help: string;
  /** Which errors mean that somebody does not answer. */
  readonly isUnreachable?: (error: Error) => boolean;
}

/**
 * Makes a command of `run`: it answers `--help`, tells a failure in its own words and without a stack, and has the exit
 * codes that all commands have.
 */
export const command =
  <Known extends readonly unknown[]>(text: CommandText, run: Command<Known>): Command<Known> =>
  async (args, terminal, ...known) => {
    const { help, isUnreachable = () => false } = text;
    if (asksForHelp(args)) {
      terminal.say(help);
      return exits.fine;
    }
    try {
      return await run(args, terminal, ...known);
    } catch (thrown) {
      const error = thrown as Error & { readonly code?: unknown };
      const isUsage = error instanceof Usage || `${error.code as string}`.startsWith('ERR_PARSE_ARGS');
      terminal.hint(isUsage ? `not understood: ${error.message}\n\n${waysIn(help)}` : error.message);
      if (isUsage || error instanceof Misconfigured) return exits.usage;
      if (error instanceof Interrupted) return exits.interrupted;
      return isUnreachable(error) ? exits.unreachable : exits.differs;
    }
  };

export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help');

/** The lines of a help that show how the command is called. */
const waysIn = (help: string): string =>
  [...help.split('\n').filter((line) => /^ {2}.*npx saga-kit /.test(line)), '  --help  says more'].join('\n');

type ParseOptions = NonNullable<ParseArgsConfig['options']>;
type Parsed<Options extends ParseOptions> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: Options }>
>;

/** What was typed, by the names of `options`; throws at what is none of them. */
export const parse = <const Options extends ParseOptions>(args: readonly string[], options: Options): Parsed<Options> =>
  parseArgs({ args: [...args], allowPositionals: true as const, options });

/** The one word that says what to do, of `verbs`. */
export function verbOf<Verb extends string>(positionals: readonly string[], verbs: readonly Verb[]): Verb {
  const [given, ...more] = positionals;
  const verb = verbs.find((each) => each === given);
  if (!verb) throw new Usage(given === undefined ? `say which of ${verbs.join(', ')}` : given);
  none(more);
  return verb;
}

/** Throws when there is a word that the command has no use for. */
export function none(words: readonly string[]): void {
  if (words.length > 0) throw new Usage(words.join(' '));
}

/** A whole number that was typed as `--name`. */
export function wholeNumber(name: string, text: string, [min, max]: readonly [number, number]): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Usage(`--${name} is a whole number from ${min} to ${max}, and not "${text}"`);
}

/** What `read` throws is the fault of who has set it. */
export function configured<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    throw new Misconfigured((error as Error).message, { cause: error });
  }
}
