import { propagation, ROOT_CONTEXT, trace, type Context, type Link, type Span } from '@opentelemetry/api';
import type { Headers, ProducerRecord } from '../ports/broker';

/** The trace that a record belongs to, as headers; `undefined` when nothing is traced. */
export type TraceHeaders = ProducerRecord['headers'];

const traceparent = 'traceparent';
/** Nothing else that a propagator writes goes into records and databases: baggage may hold anything. */
const names: readonly string[] = [traceparent, 'tracestate'];
/** W3C Trace Context asks nobody to pass more of a `tracestate` on. */
const charsMax = 512;

/** Whether an SDK is there that passes traces on: all that is asked of a message while there is none. */
export const isTracing = (): boolean => propagation.fields().includes(traceparent);

/** What a span sends carries these. Source: https://www.w3.org/TR/trace-context/ */
export function headersOf(span: Span): TraceHeaders {
  const headers: [name: string, value: Buffer][] = [];
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), headers, {
    set: (carrier, name, value) => void (names.includes(name) && carrier.push([name, Buffer.from(value)])),
  });
  return headers.length > 0 ? headers : undefined;
}

/** The context that headers speak of; a new one if they do not, or if what they say is malformed. */
export const contextOf = (headers: Headers | undefined): Context =>
  propagation.extract(ROOT_CONTEXT, headers ?? [], { keys: () => [...names], get: valueOf });

/** A link to the span that headers speak of. */
export function linkOf(headers: TraceHeaders): Link | undefined {
  const context = headers && trace.getSpanContext(contextOf(headers));
  return context && { context };
}

/** What a row keeps of a trace. */
export const traceparentOf = (headers: TraceHeaders): string | null =>
  headers?.find(([name]) => name === traceparent)?.[1].toString() ?? null;
/** The headers of what is sent because of a row. */
export const headersFrom = (kept: string | null): TraceHeaders =>
  kept === null ? undefined : [[traceparent, Buffer.from(kept)]];

/** The last of a name counts, as with everybody who reads headers of Kafka. */
function valueOf(headers: Headers, name: string): string | undefined {
  const value = names.includes(name) ? headers.findLast(([each]) => each === name)?.[1] : undefined;
  return value && value.length <= charsMax ? value.toString() : undefined;
}
