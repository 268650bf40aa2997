/** A promise of a port, and how to see that it is kept: `test(name, run, caseMs)`, whatever runs the tests. */
export interface Case {
  readonly name: string;
  /** Rejects when the promise is broken. */
  readonly run: () => Promise<void>;
}
/** What a case may take at the most, with real components behind it. */
export const caseMs = 60_000;

/** Something that not every adapter can do; one that cannot says why. */
export type Feature = 'yes' | { readonly no: string };

/** Cases by their names; each has an adapter of its own under test. */
export type Checks<Tested> = Readonly<Record<string, (tested: Tested) => Promise<void>>>;

/** The cases of a feature, or, where an adapter deviates, those that show what it does instead. */
export function checksOf<Tested>(feature: Feature, checks: Checks<Tested>, otherwise: Checks<Tested>): Checks<Tested> {
  if (feature === 'yes') return checks;
  return Object.fromEntries(Object.entries(otherwise).map(([name, check]) => [`${name}: ${feature.no}`, check]));
}

/** Opens what is tested for each case, and closes it after. */
export function casesOf<Tested extends { close(): Promise<void> }>(
  open: () => Promise<Tested>,
  ...checks: readonly Checks<Tested>[]
): readonly Case[] {
  return checks
    .flatMap((each) => Object.entries(each))
    .map(([name, check]) => ({
      name,
      run: async () => {
        const tested = await open();
        try {
          await check(tested);
        } catch (error) {
          await tested.close().catch(() => {}); // it is the check that has to be told of
          throw error;
        }
        await tested.close();
      },
    }));
}
