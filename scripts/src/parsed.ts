/** What `parse` takes arguments for, or the end of this process: with 2, the fault and the help. */
export function parsed<Parsed>(help: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}
