import { z } from 'zod';
import type {
  ActRequest,
  ActResult,
  ConsumerOperator,
  ParkedOperator,
  RetentionOperator,
  SagaOperator,
} from '../runtime';
import { inDigits, plainText } from './fields';
import { problem, type Problem } from './problem';

/** What whoever is on call sees and moves in a service. */
export interface Operators {
  readonly sagas: Pick<SagaOperator, 'list' | 'show' | 'act' | 'definitions' | 'audit'>;
  readonly parked: Pick<ParkedOperator, 'list' | 'show' | 'act'>;
  readonly consumer: Pick<ConsumerOperator, 'show' | 'act'>;
  readonly retention: Pick<RetentionOperator, 'list' | 'purge'>;
}

/** A service with its operators. */
export interface Operated {
  readonly name: string;
  readonly operators: Operators;
}

/** In the paths of a service's routes. */
export const serviceName = plainText(60);

/** What each act needs: who, why, and the version that was seen; without that it is only said what would be done. */
export const actFields = {
  who: plainText(200).describe('who does it'),
  reason: plainText(1_000).describe('why: it is kept, and a saga that is ended by it says so'),
  version: z
    .string()
    .max(200)
    .optional()
    .describe('as it was seen; without it nothing is done, and what would be is told'),
};
export const actSchema = z.object({
  outcome: z.enum(['would', 'done']),
  does: z.string(),
  version: z.string().nullable(),
});

/** Who has lost a race, or asks for what cannot be, is told so. */
export function actAnswer(
  result: ActResult,
): { readonly status: 200; readonly body: z.input<typeof actSchema> } | Problem {
  if (result.outcome === 'unknown') return problem(404, result.detail);
  if (!('does' in result)) return problem(409, result.detail);
  const { outcome, does, version = null } = result;
  return { status: 200, body: { outcome, does, version } };
}

/** Who has asked, without what an act does not need. */
export const requestOf = ({ who, reason, version }: ActRequest): ActRequest => ({ who, reason, version });

/** The service of this name, or that there is none. */
export async function ofName<Service extends { readonly name: string }, T>(
  services: readonly Service[],
  name: string,
  answer: (service: Service) => Promise<T>,
): Promise<T | Problem> {
  const service = services.find((each) => each.name === name);
  if (service) return answer(service);
  return problem(404, `there is no service ${name} here, only ${services.map((each) => each.name).join(', ')}`);
}

/** In the query of a list. */
export const pageFields = {
  after: z.string().max(600).optional().describe('the "next" of the page before'),
  limit: inDigits(z.int().min(1).max(500).default(50)),
};
/** A page of a list, as it is answered. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
/** An item more than a page has tells that there is another page. */
export function pageOf<Item>(items: readonly Item[], limit: number, idOf: (item: Item) => string) {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: [...page], next: items.length > limit && last !== undefined ? idOf(last) : null };
}
