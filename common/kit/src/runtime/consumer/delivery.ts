import type { Envelope } from '../../envelope';
import { Forgotten, Unprocessable } from '../../unprocessable';
import { backOffMs } from '../ports/back-off';
import { failureOf, textOf } from '../ports/failure';
import type { Batch } from '../transaction/batch';
import type { ConsumerRecord } from '../ports/broker';
import { budgetMsOf, type ReadMessage } from './message-reader';
import { doIdOf, undoSuffix } from '../handling/dispatch';
import { HandlerContext } from '../handling/handler-context';
import { orderingKeyTable, type OrderingKeyRow, type ParkReason } from '../ports/kit-tables';
import type { Job, Outcome } from '../transaction/job';
import type { OffsetTicket } from './offsets';
import { NewerDefinition } from '../saga/saga-definition';
import { PausedSaga } from '../saga/waits';
import { keepOrderingKey, orderingKeyRow, park, parkedMax, standingOf, unpark } from './parking';
import { DatabaseFault } from '../ports/store';
import { processing, untraced } from '../tracing/spans';
import type { Attempt } from '../transaction/attempt';
import type { DeliveryHost } from './delivery-host';
import { barred, full, fullMs, handled, isTrouble, left, waiting, type DeliveryResult } from './delivery-result';
import { afterWaitingFor, isUntroubled, planOf, untried, type TryState } from './try-state';
import { wasHandled } from './was-handled';

const retries = { firstMs: 100, mostMs: 5_000 };
const newerMs = 1_000;
/** What it costs a message to be met again after its process has died of something: three deaths use up the default budget. */
const deathMs = 10_001;
const triedHereMax = 10_000;

/**
 * A record on its way through a transaction. What goes wrong with it is its own affair: it is tried again, later and later,
 * while its ordering key waits; it is parked when its budget is used up, or at once when no further try can help. One that comes
 * again after it was parked begins anew.
 */
export class Delivery implements Job {
  readonly orderingKey: string;
  readonly topic: string;
  readonly bytes: number;
  private readonly id: string | undefined;
  private state: TryState;
  private result: DeliveryResult = handled;
  /** One try of its handlers, however often the transaction takes that up anew. */
  traced = untraced;

  constructor(
    private readonly host: DeliveryHost<Delivery>,
    readonly record: ConsumerRecord,
    private readonly content: ReadMessage,
    /** Without one, it does not come from the broker: it was parked, and its turn has come. */
    readonly ticket: OffsetTicket | undefined,
    readonly generation: number,
  ) {
    const { topic, partition, offset, key, value } = record;
    this.id = this.envelope?.id;
    this.orderingKey = this.id === undefined ? `${topic}@${partition}/${offset}` : `${topic}|${key}`;
    this.bytes = 2 * (value?.length ?? 0) + 500;
    this.topic = topic;
    this.state = { ...untried, wasTriedHere: this.id !== undefined && host.triedHere.has(this.id) };
  }

  private get envelope(): Envelope | undefined {
    return 'decoded' in this.content ? this.content.decoded.envelope : undefined;
  }

  get alone(): boolean {
    return this.state.isAlone;
  }

  ready(): boolean {
    return this.host.isReady(this);
  }

  async run(batch: Batch): Promise<Outcome> {
    const { runtime } = this.host;
    if (this.traced.isOver) this.traced = processing(this.record, runtime.service, this.envelope);
    const [cause, { headers }] = [this.id ?? this.orderingKey, this.traced];
    const contextOf = (attempt: Attempt) => new HandlerContext(runtime, attempt, cause, headers);
    const attempt = (attempt: Attempt) => this.attempt(contextOf(attempt));
    try {
      const begun = await batch.attempt((attempt) => this.begin(contextOf(attempt)));
      return this.outcome(begun ?? (await batch.attempt(attempt)));
    } catch (error) {
      // A handler that throws at a message that comes again has not got as far as the claim.
      if (await this.isKnown(batch)) return this.outcome(await batch.attempt(attempt, true));
      return this.fail(batch, error);
    }
  }

  async fail(batch: Batch, error: unknown): Promise<Outcome> {
    if (error instanceof NewerDefinition) return this.outcome(waiting(newerMs));
    if (error instanceof DatabaseFault && error.kind === 'conflict') return this.outcome(barred);
    if (this.id === undefined) return this.outcome(waiting(fullMs));
    // Handled by another instance meanwhile: were it counted here, and its partition moved away, nobody would take that back.
    if (await this.isKnown(batch)) return this.outcome(waiting(retries.firstMs));
    return this.outcome(
      await batch.attempt((attempt) => this.failed(new HandlerContext(this.host.runtime, attempt, this.id!), error)),
    );
  }

  committed(): void {
    const { result } = this;
    if (isTrouble(result)) this.host.isCalm = false; // others of its transaction have found the table empty since
    if (result.now !== 'waiting') {
      this.traced.end(result.now === 'parked' ? result.reason : undefined);
      return this.host.done(this, result);
    }
    const { waitMs, next } = result;
    if (waitMs > 0) this.traced.end('retried');
    const { triedHere, afterUncleanShutdown } = this.host;
    if (next === 'counted try' && afterUncleanShutdown && triedHere.size < triedHereMax) triedHere.add(this.id!);
    this.state = afterWaitingFor(next, this.state);
    this.host.wait(this, waitMs, next === 'a place');
  }

  deferred(): void {
    this.host.behind(this);
  }

  dropped(): void {} // it is handed over again

  private isKnown(batch: Batch): Promise<boolean> {
    return batch.attempt((attempt) => wasHandled(attempt, this.envelope));
  }

  private outcome(result: DeliveryResult): Outcome {
    this.result = result;
    if (isTrouble(result)) this.host.isCalm = false;
    return result.now === 'waiting' ? 'halt' : 'go';
  }

  /**
   * Has its handler begin at once, so that what that needs is loaded with the row of its ordering key, which mostly is not
   * there. Where it is after all, or may be, nothing is done, and the result is undefined.
   */
  private async begin(context: HandlerContext): Promise<DeliveryResult | undefined> {
    const { content, host, ticket } = this;
    if ('undecodable' in content || !ticket || !host.isCalm || !isUntroubled(this.state, host)) return undefined;
    const handling = this.handle(content, context);
    handling.catch(() => {}); // it may fail before the row is here
    if (!(await this.ownKey(context))) return handling.then(() => handled);
    await handling.catch(() => {});
    context.attempt.drop();
    return undefined;
  }

  private async attempt(context: HandlerContext): Promise<DeliveryResult> {
    if ('undecodable' in this.content)
      return this.park(context, undefined, this.content.undecodable.reason, this.content.undecodable.message);
    const id = this.id!;
    const orderingKey = await this.ownKey(context);
    const isReplay = this.ticket === undefined;
    const isHead = orderingKey?.head === id;
    const { afterUncleanShutdown } = this.host;
    const plan = planOf(this.state, { isHead, countedTries: isHead ? orderingKey.attempts : 0, afterUncleanShutdown });
    // What was handled already, by another instance perhaps, has killed nobody, and is not tried: it has its answer.
    if (plan !== 'handle' && !(await wasHandled(context.attempt, this.envelope))) {
      if (plan === 'go alone') return { now: 'waiting', waitMs: 0, next: 'alone' };
      return this.count(context, plan === 'count as suspected' ? deathMs : 0);
    }
    const doId = id.endsWith(undoSuffix) ? doIdOf(id) : undefined;
    const standing =
      orderingKey && orderingKey.parked > 0
        ? await standingOf(context, orderingKey, { ...this.record, id, doId, isReplay })
        : undefined;
    if (isReplay && standing !== 'again') return left; // somebody has seen to it, or one before it was parked once more
    if (standing === 'behind')
      return this.park(context, orderingKey, 'behind', 'an earlier message of its ordering key is parked');
    await this.handle(this.content, context);
    return this.settle(context, standing === 'again');
  }

  private async ownKey(context: HandlerContext): Promise<OrderingKeyRow | undefined> {
    const row = await orderingKeyRow(context, this.orderingKey);
    this.host.isCalm = context.attempt.entry(orderingKeyTable, this.orderingKey).tableIsEmpty;
    return row;
  }

  private handle({ handle }: Extract<ReadMessage, { decoded: unknown }>, context: HandlerContext): Promise<void> {
    return this.traced.within(() => handle(context));
  }

  /** It was handled: its ordering key has nothing against it any more. */
  private async settle(context: HandlerContext, wasParked: boolean): Promise<DeliveryResult> {
    const orderingKey = await orderingKeyRow(context, this.orderingKey);
    if (!orderingKey) return handled;
    const rested = orderingKey.head === this.id ? { ...orderingKey, head: null, attempts: 0, spentMs: 0 } : orderingKey;
    if (wasParked) unpark(context, rested, this.topic, this.id!);
    else if (rested !== orderingKey) keepOrderingKey(context, rested);
    return wasParked && rested.parked > 1 ? { now: 'handled', releases: true } : handled;
  }

  private async failed(context: HandlerContext, error: unknown): Promise<DeliveryResult> {
    const head = await this.asHead(context);
    const orderingKey = { ...head, attempts: head.attempts + (this.state.isCounted ? 0 : 1) };
    if (error instanceof PausedSaga) return this.park(context, head, 'paused', error.message, { waitsFor: error.saga });
    if (error instanceof Forgotten) return this.park(context, orderingKey, 'forgotten', error.message);
    const logged = failureOf(error);
    if (error instanceof Unprocessable)
      return this.park(context, orderingKey, 'unprocessable', error.message, { logged });
    const waitMs = backOffMs(orderingKey.attempts, retries, this.host.runtime.environment.random());
    const spentMs = orderingKey.spentMs + waitMs;
    if (spentMs > budgetMsOf(this.content))
      return this.park(context, orderingKey, 'exhausted', textOf(error), { logged });
    keepOrderingKey(context, { ...orderingKey, spentMs });
    return waiting(waitMs);
  }

  /**
   * Counts a try before it is made, in a transaction of its own, so that a message that kills its process is counted too.
   * One that was counted before its process died is suspected of having killed it: it is counted and tried all alone, so
   * that only the culprit is charged.
   */
  private async count(context: HandlerContext, chargedMs: number): Promise<DeliveryResult> {
    const orderingKey = await this.asHead(context);
    const spentMs = orderingKey.spentMs + chargedMs;
    if (spentMs > budgetMsOf(this.content))
      return this.park(context, orderingKey, 'exhausted', 'its process has died each time it was handled');
    keepOrderingKey(context, { ...orderingKey, attempts: orderingKey.attempts + 1, spentMs });
    return { now: 'waiting', waitMs: 0, next: 'counted try' };
  }

  private async park(
    context: HandlerContext,
    orderingKey: OrderingKeyRow | undefined,
    reason: ParkReason,
    error: string,
    { waitsFor, logged = error }: { readonly waitsFor?: string; readonly logged?: string } = {},
  ): Promise<DeliveryResult> {
    const { record, id } = this;
    const attempts = Math.max((orderingKey?.head === id && orderingKey?.attempts) || 0, 1);
    const mayAdd = this.host.mayPark && (orderingKey?.parked ?? 0) < parkedMax.orderingKey;
    const request = { record, id, orderingKey, reason, waitsFor, error, attempts, mayAdd };
    const parkedId = await park(context, request);
    return parkedId === undefined ? full : { now: 'parked', id: parkedId, reason, error: logged, attempts };
  }

  /** The row of this ordering key, with this message as its head; `attempts` are those that have been counted. */
  private async asHead(context: HandlerContext): Promise<OrderingKeyRow> {
    const known = await orderingKeyRow(context, this.orderingKey);
    if (known?.head === this.id) return known!;
    const { parked = 0, released = false } = known ?? {};
    return { id: this.orderingKey, head: this.id!, attempts: 0, spentMs: 0, parked, released };
  }
}
