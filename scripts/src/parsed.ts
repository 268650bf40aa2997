/** What `parse` takes arguments for, or the end of this process: with 2, the fault and the help. */
export function parsed<Parsed>(help: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

/** The whole number from `least` on that an option was given, or the end of this process. */
export function wholeOf(name: string, value: string | boolean, least: 0 | 1 = 1): number {
  if (/^(0|[1-9]\d{0,8})$/.test(`${value}`) && Number(value) >= least) return Number(value);
  return misunderstood(`--${name} has to be a whole number from ${least} on, not "${value}"`);
}

/** Ends this process with 2, for what was typed. */
export function misunderstood(why: string): never {
  console.error(why);
  process.exit(2);
}
