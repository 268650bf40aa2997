import { context, propagation, trace, type TextMapPropagator } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';

/** An SDK that keeps in memory what an adopter's would send somewhere. It is gone after each test. */
export function aTracer() {
  const exporter = new InMemorySpanExporter();
  afterEach(() => {
    trace.disable();
    propagation.disable();
    context.disable();
    exporter.reset();
  });
  return {
    on: (): void => {
      const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator(), talkative];
      trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
      propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    },
    spans: (name?: string): ReadableSpan[] =>
      exporter.getFinishedSpans().filter((span) => name === undefined || span.name.startsWith(name)),
  };
}

/** Puts more into headers than anybody has asked for. */
const talkative: TextMapPropagator = {
  inject: (_context, carrier, setter) => setter.set(carrier, 'x-tenant', 'a secret'),
  extract: (of) => of,
  fields: () => ['x-tenant'],
};

export const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;
export const spanOf = (span: ReadableSpan): string => span.spanContext().spanId;
export const linked = ({ links }: ReadableSpan): string[] => links.map((link) => link.context.spanId);
