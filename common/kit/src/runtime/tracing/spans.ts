import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';
import type { Envelope } from '../../envelope';
import type { ConsumerRecord, ProducerRecord, PublishOutcome } from '../ports/broker';
import { contextOf, headersOf, isTracing, linkOf, type TraceHeaders } from './trace-headers';

/** A piece of work, as a trace has it. */
export interface TracedWork {
  /** What it sends carries these. */
  readonly headers: TraceHeaders;
  /** Nothing more will be told of it. */
  readonly isOver: boolean;
  /** Does it with the span as the active one, for an adopter whose SDK has a context manager. */
  within<T>(work: () => T): T;
  /** `errorType`: what went wrong, as one of a few names; never a text that may hold what was sent. */
  end(errorType?: string): void;
}

/** What is done while no SDK is there. */
export const untraced: TracedWork = {
  headers: undefined,
  isOver: true,
  within: (work) => work(),
  end: () => {},
};

/** A message that is handled, in the trace of who has sent it. */
export function processing(
  { topic, partition, offset, headers }: ConsumerRecord,
  service: string,
  envelope: Envelope | undefined,
): TracedWork {
  if (!isTracing()) return untraced;
  const attributes: Attributes = {
    ...kafka('process'),
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': Number(offset),
    'messaging.consumer.group.name': service,
    ...(envelope && { 'messaging.message.id': envelope.id, ...processOf(envelope) }),
  };
  return new SpannedWork(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes }, contextOf(headers));
}

/** A unit of work for a call from outside, in the trace of who calls. */
export const calling = (service: string): TracedWork =>
  isTracing()
    ? new SpannedWork('unit of work', { attributes: { [serviceName]: service } }, context.active())
    : untraced;

/** A transaction that is over, with a link to each piece of work that shared it. `errorType`: it was rolled back. */
export function transactionEnded(
  beganAt: Date,
  jobs: readonly { readonly traced?: TracedWork }[],
  errorType?: string,
): void {
  if (!isTracing()) return;
  const links = linksOf(jobs.map(({ traced }) => traced?.headers));
  if (links.length === 0) return;
  const attributes = { 'saga-kit.jobs': jobs.length };
  end(tracer().startSpan('transaction', { root: true, startTime: beganAt, links, attributes }), errorType);
}

/** Records that are sent together, with a link to each piece of work that has sent some; ended with what became of them. */
export function publishing(records: readonly ProducerRecord[]): (outcomes: readonly PublishOutcome[]) => void {
  const links = isTracing() ? linksOf(records.map(({ headers }) => headers)) : [];
  if (links.length === 0) return () => {};
  const [topic, ...others] = new Set(records.map((record) => record.topic));
  const attributes: Attributes = { ...kafka('send'), 'messaging.batch.message_count': records.length };
  if (others.length === 0) attributes['messaging.destination.name'] = topic;
  const name = others.length === 0 ? `send ${topic}` : 'send';
  const span = tracer().startSpan(name, { root: true, kind: SpanKind.CLIENT, links, attributes });
  return (outcomes) => end(span, outcomes.find(({ status }) => status !== 'durable')?.status);
}

/** A request, in the trace of its caller. Where the adopter's own instrumentation has begun a span, that one counts. */
export async function requested(
  { method, route, headers }: Requested,
  answer: () => Promise<void>,
  statusOf: () => number,
): Promise<void> {
  if (!isTracing() || trace.getSpan(context.active())) return answer();
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span = tracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
  try {
    await context.with(trace.setSpan(parent, span), answer);
  } finally {
    const status = statusOf();
    span.setAttribute('http.response.status_code', status);
    end(span, status >= 500 ? String(status) : undefined);
  }
}
interface Requested {
  readonly method: string;
  /** With the names of its parameters, not their values. */
  readonly route: string;
  readonly headers: object;
}

class SpannedWork implements TracedWork {
  private readonly span: Span;
  private readonly context: Context;
  readonly headers: TraceHeaders;
  isOver = false;

  constructor(name: string, options: SpanOptions, parent: Context) {
    this.span = tracer().startSpan(name, options, parent);
    this.context = trace.setSpan(parent, this.span);
    this.headers = headersOf(this.span);
  }

  within<T>(work: () => T): T {
    return context.with(this.context, work);
  }

  end(errorType?: string): void {
    this.isOver = true;
    end(this.span, errorType);
  }
}

const tracer = () => trace.getTracer('saga-kit');
const serviceName = 'saga-kit.service';
const kafka = (operation: 'process' | 'send'): Attributes => ({
  'messaging.system': 'kafka',
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
});
const processOf = ({ target, txId }: Envelope): Attributes => ({ 'saga-kit.target': target, 'saga-kit.tx_id': txId });

function end(span: Span, errorType: string | undefined): void {
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** One for each span, however many records speak of it. */
function linksOf(all: readonly TraceHeaders[]): Link[] {
  const distinct = new Set(all.filter((headers) => headers !== undefined));
  const bySpan = new Map<string, Link>();
  for (const headers of distinct) {
    const link = linkOf(headers);
    if (link) bySpan.set(link.context.spanId, link);
  }
  return [...bySpan.values()];
}
