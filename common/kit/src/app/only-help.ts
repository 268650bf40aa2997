/**
 * For a program that takes no arguments: `--help` prints its usage and ends it with 0; anything else is not understood, and
 * ends it with 2.
 */
export function onlyHelp(usage: string, args: readonly string[] = process.argv.slice(2)): void {
  if (args.length === 0) return;
  const isHelp = args.length === 1 && args[0] === '--help';
  if (isHelp) console.log(usage);
  else console.error(`not understood: ${args.join(' ')}\n\n${usage}`);
  process.exit(isHelp ? 0 : 2);
}
