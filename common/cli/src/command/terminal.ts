/** Where a command reads its settings and what it writes to. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** What was asked for; the standard output. */
  say(text: string): void;
  /** How far it is and what went wrong; the standard error. */
  hint(text: string): void;
}

/** The terminal of this process. */
export const terminal: Terminal = {
  env: process.env,
  say: (text) => console.log(text),
  hint: (text) => console.error(text),
};

/** What every command ends with; each command's help says what 1 and 3 mean. */
export const exits = { fine: 0, differs: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

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
