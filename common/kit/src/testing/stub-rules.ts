import { z } from 'zod';
import type { Command, Message, Refusal } from '../contract';

/**
 * How a stub answers, as data. The first rule for the command whose conditions all hold decides; without one, the reply is
 * made from the command's own fields. A value of `reply` is taken as it is, but `"$userId"` is the field of the command, and
 * `{ each: 'items', as: {…} }` makes one for each element of a list, whose fields are then meant by `$`.
 */
export interface StubRule {
  readonly command: string;
  /** By field; `items.productId` looks into each element of a list, and holds if any of them does. */
  readonly when?: Readonly<Record<string, Condition>>;
  readonly refuse?: string;
  readonly reply?: Readonly<Record<string, unknown>>;
}
type Condition = { readonly divisibleBy: number } | { readonly equals: string | number | boolean };

const conditionSchema = z.union([
  z.strictObject({ divisibleBy: z.int().min(1) }),
  z.strictObject({ equals: z.union([z.string(), z.number(), z.boolean()]) }),
]);

/** By field. Of a field "__proto__", which no contract has, zod would say nothing and leave the condition out. */
const byField = <Values extends z.ZodType>(values: Values) =>
  z
    .custom<object>(
      (given) => typeof given !== 'object' || given === null || !Object.hasOwn(given, '__proto__'),
      'no field is called __proto__',
    )
    .pipe(z.record(z.string(), values));

/** For rules that are given in a file. */
export const stubRulesSchema = z.array(
  z.strictObject({
    command: z.string(),
    when: byField(conditionSchema).optional(),
    refuse: z.string().optional(),
    reply: byField(z.unknown()).optional(),
  }),
);

type Payload = Readonly<Record<string, unknown>>;

export function answerBy(rules: readonly StubRule[], command: Command, payload: Payload): Message | Refusal {
  const rule = rules.find((each) => each.command === command.name && holds(each.when ?? {}, payload));
  if (rule?.refuse === undefined) return command.reply.of({ ...payload, ...filled(rule?.reply ?? {}, payload) });
  if (!command.refusals.includes(rule.refuse))
    throw new Error(
      `${command.name} cannot be refused with ${rule.refuse}, only with ${command.refusals.join(', ') || 'nothing'}`,
    );
  return command.refuse(rule.refuse, `the stub says ${rule.refuse}`);
}

function holds(when: Readonly<Record<string, Condition>>, payload: Payload): boolean {
  return Object.entries(when).every(([path, condition]) =>
    valuesAt(path.split('.'), payload).some((value) => meets(value, condition)),
  );
}

function meets(value: unknown, condition: Condition): boolean {
  if ('equals' in condition) return value === condition.equals;
  return typeof value === 'number' && value % condition.divisibleBy === 0;
}

function valuesAt([field, ...rest]: readonly string[], value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt([field!, ...rest], each));
  if (typeof value !== 'object' || value === null || field === undefined) return [];
  const inside = (value as Payload)[field];
  return rest.length > 0 ? valuesAt(rest, inside) : Array.isArray(inside) ? inside : [inside];
}

function filled(template: unknown, payload: Payload): any {
  if (typeof template === 'string' && template.startsWith('$')) return payload[template.slice(1)];
  if (typeof template !== 'object' || template === null || Array.isArray(template)) return template;
  if ('each' in template && 'as' in template) {
    const { each, as } = template as { each: string; as: unknown };
    return (payload[each] as readonly Payload[]).map((element) => filled(as, element));
  }
  return Object.fromEntries(Object.entries(template).map(([field, value]) => [field, filled(value, payload)]));
}
