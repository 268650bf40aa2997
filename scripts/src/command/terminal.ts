/** Where a command reads its settings and what it writes to. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** What was asked for; the standard output. */
  say(text: string): void;
  /** How far it is and what went wrong; the standard error. */
  hint(text: string): void;
}

/** The command was not typed right, or a setting is not. */
export class Usage extends Error {
  override readonly name = 'Usage';
}

/** What every command ends with; each command's help says what 1 means. */
export const exits = { fine: 0, differs: 1, usage: 2, unreachable: 3 } as const;

/** Runs the command of this process and sets its exit code. */
export function runCommand(command: (args: readonly string[], terminal: Terminal) => Promise<number>): void {
  const terminal = {
    env: process.env,
    say: (text: string) => console.log(text),
    hint: (text: string) => console.error(text),
  };
  const run = async () => command(process.argv.slice(2), terminal);
  void attempt(terminal, () => false, run).then((code) => void (process.exitCode = code));
}

/** The exit code of a command that may fail. A failure is told in its own words, without a stack. */
export async function attempt(
  terminal: Terminal,
  isUnreachable: (error: Error) => boolean,
  command: () => Promise<number>,
): Promise<number> {
  try {
    return await command();
  } catch (thrown) {
    const error = thrown as Error & { readonly code?: unknown };
    terminal.hint(error.message);
    if (error instanceof Usage || `${error.code as string}`.startsWith('ERR_PARSE_ARGS')) return exits.usage;
    return isUnreachable(error) ? exits.unreachable : exits.differs;
  }
}

/** What `parse` takes arguments for, or the end of this process: with 2, the fault and the help. */
export function parsed<Parsed>(help: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(exits.usage);
  }
}

/** What `read` throws is the fault of who typed it, who is told the `usage` as well. */
export function asUsage<Read>(read: () => Read, usage?: string): Read {
  try {
    return read();
  } catch (error) {
    const { message } = error as Error;
    throw new Usage(usage === undefined ? message : `${message}\n${usage}`);
  }
}

/** Says how far something long is, every second. */
export function progress(terminal: Terminal, what: string, total: number): (done: number) => void {
  let saidMs = performance.now();
  return (done) => {
    if (performance.now() - saidMs < 1_000) return;
    saidMs = performance.now();
    terminal.hint(`${what}: ${done} of ${total}`);
  };
}

/** Columns as wide as their widest cell. */
export function tableText(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => String(row[column]).length)));
  const line = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => String(cell).padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}
