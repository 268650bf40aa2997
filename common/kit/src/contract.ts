import type { AvroRecord, AvroValue } from './avro';
import { checkSchema } from './check-schema';
import type { Literal, CheckedSchema } from './checked-schema';

// Contracts and messages speak of each other. Without `in` and `out`, the compiler finds out by itself how they vary, and
// depending on where it begins, it ends up taking two messages of one shape for the same.

/** An Avro record with an address: what may be sent, and on which topic. The Kafka key is always the envelope's `txId`. */
export interface Contract<out Name extends string = string, in out Payload = any> {
  readonly name: Name;
  readonly topic: string;
  readonly schema: AvroRecord;
  /** Makes a message; the only way to. Takes the fields that the contract declares, so a wider value may be passed. */
  readonly of: (payload: Payload) => Message<Name, Payload>;
}

/** A contract and a value of it. */
export interface Message<out Name extends string = string, in out Payload = any> {
  readonly contract: Contract<Name, Payload>;
  readonly payload: Payload;
}

/** A contract that is answered on its reply's topic: with `reply`, or with one of `refusals`. */
export interface Command<
  out Name extends string = string,
  in out Payload = any,
  out Reply extends Contract = Contract,
  out Code extends string = string,
  out StateCommand extends 'yes' | 'no' = 'yes' | 'no',
> extends Contract<Name, Payload> {
  readonly reply: Reply;
  readonly refusals: readonly Code[];
  /** Milliseconds that the participant goes on trying before it gives the command up and parks it. */
  readonly budgetMs: number;
  /** Whether the reply can be made from the command alone. Only then can the kit acknowledge it where there was nothing to undo. */
  readonly impliesReply: (typeof impliesReply)[StateCommand];
  // A method and not a property, hence bivariant in its code: every command is a `Command`.
  refuse(code: Code, errorMessage?: string): Refusal<Code>;
  /** The same command, fed from something else than its payload. */
  with<Source>(payloadOf: (source: Source) => Payload): Command<Name, Source, Reply, Code, StateCommand>;
}

/** A contract that is not answered: something that happened, for whoever listens. */
export type Event = Contract & { readonly reply?: undefined };

/** Whether a contract is answered. */
export const isCommand = (contract: Contract): contract is Command => 'reply' in contract;

/** A business "no": nothing of the refused step stands. Structural, so that a domain can return one without importing the kit. */
export interface Refusal<Code extends string = string> {
  readonly code: Code;
  readonly errorMessage: string;
}

/** The type of the payload of a contract. */
export type PayloadOf<C extends Contract> = C extends Contract<string, infer Payload> ? Payload : never;
/** The codes that a command may be refused with. */
export type CodeOf<C extends Command> = C['refusals'][number];

/** What most participants need: five tries with growing pauses fit in. Below the default deadline of a step. */
export const defaultBudgetMs = 30_000;

/**
 * Declares something that happened, or a reply.
 *
 * @example
 * ```ts
 * import { event } from 'saga-kit';
 *
 * export const Paid = event({
 *   type: 'record',
 *   name: 'Paid',
 *   namespace: 'payment',
 *   topic: 'payment-to-order',
 *   fields: [{ name: 'orderId', type: 'string' }],
 * });
 * Paid.of({ orderId: 'o-1' });
 * ```
 */
export function event<const L extends Addressed>(
  literal: L & CheckedSchema<L, keyof Addressed>,
): Contract<L['name'], AvroValue<L>> {
  return contractOf(literal, ['topic']) as never;
}

/**
 * Declares what a participant can be asked to do, how it answers and with which codes it may refuse. `refusals: []` means
 * that it cannot be refused, and the types know.
 *
 * @example
 * ```ts
 * import { command, event } from 'saga-kit';
 *
 * const fields = [{ name: 'orderId', type: 'string' }] as const;
 * const Paid = event({ type: 'record', name: 'Paid', namespace: 'payment', topic: 'payment-to-order', fields });
 * export const Pay = command({
 *   type: 'record',
 *   name: 'Pay',
 *   namespace: 'payment',
 *   topic: 'order-to-payment',
 *   fields,
 *   reply: Paid,
 *   refusals: ['NO_MONEY'],
 * });
 * Pay.refuse('NO_MONEY', 'the account is empty');
 * ```
 */
export function command<const L extends Answered>(
  literal: L &
    CheckedSchema<L, keyof Answered> &
    Literal<L['refusals'][number], 'literals as its refusals'> &
    Literal<L['reply']['name'], 'a literal as the name of its reply'>,
): Command<L['name'], AvroValue<L>, L['reply'], L['refusals'][number], ImpliesReply<L['reply'], AvroValue<L>>> {
  return commandOf(literal, contractOf(literal, ['topic', 'reply', 'refusals', 'budgetMs'])) as never;
}

/** Without aliases: by a contract's name its values are found, so another name is another contract. */
type Addressed = Omit<AvroRecord, 'aliases'> & { readonly topic: string };
type Answered = Addressed & {
  readonly reply: Contract;
  readonly refusals: readonly string[];
  readonly budgetMs?: number;
};
type ImpliesReply<Reply extends Contract, Payload> = Payload extends PayloadOf<Reply> ? 'yes' : 'no';
const impliesReply = { yes: 'yes', no: 'no: the reply has a field that the command does not have' } as const;

// The casts of `event` and `command` are the only ones: the value says what the literal says, and so does the type.

function contractOf(literal: Addressed, own: readonly string[]): Contract {
  const { type, name, namespace, fields, topic, doc } = literal;
  if (!/^[A-Za-z_]\w{0,59}$/.test(name) || name === 'undo' || name in {})
    throw new Error(
      `contract "${name}": a name is 1 to 60 letters, digits and _, begins with no digit, and is neither the "undo" that ends an id nor what every object has, such as "constructor"`,
    );
  checkSchema(`contract ${namespace}.${name}`, literal, own);
  const names = fields.map((field) => field.name);
  const schema: AvroRecord = { type, name, namespace, fields, ...(doc !== undefined && { doc }) };
  const contract: Contract = { name, topic, schema, of: (payload) => ({ contract, payload: pick(names, payload) }) };
  return contract;
}

/** What the kit itself answers to a command whose undo came first; no saga waits for it any more. */
export const UNDONE = 'UNDONE';
const reserved = [UNDONE, 'DEADLINE_EXCEEDED'];

/** Throws for a code that nobody could be refused with. */
export function checkCode(where: string, code: string): void {
  if (reserved.includes(code)) throw new Error(`${where}: the code ${code} is reserved`);
  if (!/^[!-~]{1,60}$/.test(code))
    throw new Error(`${where}: the code "${code}" is not 1 to 60 printable ASCII characters without a space`);
}

function commandOf({ reply, refusals, budgetMs }: Omit<Answered, keyof Addressed>, contract: Contract): Command {
  for (const code of refusals) checkCode(contract.name, code);
  const has = new Set(contract.schema.fields.map(({ name }) => name));
  const made: Command = {
    ...contract,
    of: (payload) => ({ contract: made, payload: contract.of(payload).payload }),
    reply,
    refusals,
    budgetMs: budgetMs ?? defaultBudgetMs,
    impliesReply: impliesReply[reply.schema.fields.every(({ name }) => has.has(name)) ? 'yes' : 'no'],
    refuse: (code, errorMessage = code) => ({ code, errorMessage }),
    with: (payloadOf) => impliedBy(made, payloadOf),
  };
  return made;
}

const impliedBy = (command: Command, payloadOf: (source: any) => unknown): Command => ({
  ...command,
  of: (source) => command.of(payloadOf(source)),
  with: (sourceOf) => impliedBy(command, (source) => payloadOf(sourceOf(source))),
});

function pick(names: readonly string[], payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) picked[name] = payload[name];
  return picked;
}
