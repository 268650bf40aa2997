import type { RegisteredSchema } from 'saga-kit/runtime';
import { changeText, type SchemaChange, schemaChanges } from 'saga-kit/tools';
import { wantedLevel, type ConfluentRegistry, type SchemaVersion } from 'saga-kit/kafka';

/** What becomes of a subject. */
export interface Verdict {
  readonly subject: string;
  readonly status: 'new' | 'unchanged' | 'compatible' | 'incompatible' | 'registered';
  readonly id?: number;
  /** What differs from the latest version, as sentences. */
  readonly changes: readonly string[];
  /** Which change breaks which rule, and for readers or values of which versions. */
  readonly faults: readonly string[];
  /** What should be looked at, though it stops nothing. */
  readonly notes: readonly string[];
}

/** Looks, and changes nothing. */
export async function verdictOn(
  registry: Pick<ConfluentRegistry, 'idOf' | 'versionsOf' | 'levelOf' | 'refusalOf'>,
  subject: string,
  schema: RegisteredSchema,
): Promise<Verdict> {
  const notes = notesOn(await registry.levelOf(subject));
  const id = await registry.idOf(subject, schema);
  if (id !== undefined) return { subject, status: 'unchanged', id, changes: [], faults: [], notes };
  const versions = await registry.versionsOf(subject);
  const latest = versions.at(-1);
  if (!latest) return { subject, status: 'new', changes: [], faults: [], notes };
  const faults = faultsOf(versions, schema);
  if (faults.length === 0) faults.push(...refusalText(await registry.refusalOf(subject, schema)));
  if (faults.length > 0) return { subject, status: 'incompatible', changes: [], faults, notes };
  const changes = schemaChanges(latest.schema, schema).map(changeText);
  return {
    subject,
    status: 'compatible',
    changes: changes.length > 0 ? changes : ['documentation or marks only'],
    faults,
    notes,
  };
}

/** Against every version there was; a fault that several versions share is told once. */
export function faultsOf(versions: readonly SchemaVersion[], schema: RegisteredSchema): string[] {
  const about = new Map<string, number[]>();
  for (const { version, schema: older } of versions)
    for (const fault of breaksBetween(older, schema)) about.set(fault, [...(about.get(fault) ?? []), version]);
  return [...about].map(([fault, those]) => `${fault} (version ${those.join(', ')})`);
}

function breaksBetween(older: RegisteredSchema, newer: RegisteredSchema): string[] {
  let changes: readonly SchemaChange[];
  try {
    changes = schemaChanges(older, newer);
  } catch (error) {
    return [`it cannot be compared with what is registered: ${(error as Error).message}`];
  }
  return changes.filter(({ breaks }) => breaks).map(changeText);
}

const refusalText = (refusal: string | undefined): string[] =>
  refusal === undefined ? [] : [`the registry would refuse it: ${refusal}`];

const notesOn = (level: string | undefined): string[] =>
  level === undefined || level === wantedLevel
    ? []
    : [`the registry compares by the level ${level} and not ${wantedLevel}: set it, unless somebody meant it so`];

/** One line, and one for each thing there is to say. */
export function verdictText({ subject, status, id, changes, faults, notes }: Verdict): string {
  const word = status === 'incompatible' ? 'INCOMPATIBLE' : status;
  const details = [...changes, ...faults, ...notes.map((note) => `note: ${note}`)].map((each) => `    ${each}`);
  return [`${word.padEnd(12)}  ${subject}${id === undefined ? '' : `  id ${id}`}`, ...details].join('\n');
}
