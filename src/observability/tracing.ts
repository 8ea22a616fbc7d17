/**
 * Spans by Deno's own OpenTelemetry, which `OTEL_DENO=true` turns on. Without it nothing here exists: callers have no
 * {@link Tracing}.
 *
 * - TRACING-1. No span has personal data: of Deno's own attributes only those of {@link ALLOWED} are exported. Deno would
 *   export each URL, and a path can have a phone, a query the token of a link.
 */

import type { Trace } from "../ports/runtime.ts";

/** A value that a span shows. Never personal data. */
export type SpanValue = string | number;

/** A span that has started. Disposing of it ends it. */
export interface OpenSpan extends Disposable {
  /** Its place in the trace, for spans below it. */
  readonly trace: Trace;
  set(name: string, value: SpanValue): void;
}

/** Attributes of Deno's own spans that are exported. */
export const ALLOWED: ReadonlySet<string> = new Set([
  "http.request.method",
  "http.response.status_code",
  "http.route",
  "url.scheme",
  "error.type",
  "deno.cron.name",
]);

/** The parts of OpenTelemetry's API that Deno implements and that are used here. */
interface OtelSpan {
  setAttribute(name: string, value: SpanValue): this;
  setStatus(status: { readonly code: number; readonly message?: string }): this;
  updateName(name: string): this;
  end(): void;
}
interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}
interface OtelTracer {
  startSpan(name: string, options: undefined, context: OtelContext): OtelSpan;
}
interface OtelContextManager {
  active(): OtelContext;
  with<T>(context: OtelContext, work: () => T): T;
}
interface Telemetry {
  readonly tracerProvider: { getTracer(name: string): OtelTracer };
  readonly contextManager: OtelContextManager;
}

/** The key of a context's span in OpenTelemetry's API for JavaScript. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** Starts spans, and names those of requests. */
export class Tracing {
  readonly #tracer: OtelTracer;
  readonly #contexts: OtelContextManager;

  private constructor(tracer: OtelTracer, contexts: OtelContextManager) {
    this.#tracer = tracer;
    this.#contexts = contexts;
  }

  /** Returns the tracing of this process. Undefined unless Deno's OpenTelemetry is on. */
  static ofDeno(): Tracing | undefined {
    const { tracerProvider, contextManager } = Deno.telemetry as unknown as Telemetry;
    const tracer = tracerProvider.getTracer("poli-credits");
    let probe: OtelSpan;
    try {
      probe = tracer.startSpan("probe", undefined, contextManager.active());
    } catch {
      // Deno's OpenTelemetry is off. A span that never ends is not exported.
      return undefined;
    }
    dropPersonalData(Object.getPrototypeOf(probe));
    return new Tracing(tracer, contextManager);
  }

  /** The trace of the code that runs now. Undefined while it has none. */
  current(): Trace | undefined {
    const context = this.#contexts.active();
    return context.getValue(SPAN_KEY) === undefined ? undefined : context;
  }

  /** Starts a span below another one, by default below the span of the code that runs now. */
  start(name: string, parent?: Trace): OpenSpan {
    const context = parent as OtelContext | undefined ?? this.#contexts.active();
    const span = this.#tracer.startSpan(name, undefined, context);
    return {
      trace: context.setValue(SPAN_KEY, span),
      set: (attribute, value) => void span.setAttribute(attribute, value),
      [Symbol.dispose]: () => span.end(),
    };
  }

  /** Runs work, all of whose spans are below a span. */
  within<T>({ trace }: OpenSpan, work: () => T): T {
    return this.#contexts.with(trace as OtelContext, work);
  }

  /** Names the span of the request that is handled now, by its route template. */
  nameRequest(method: string, route: string): void {
    const span = this.#contexts.active().getValue(SPAN_KEY) as OtelSpan | undefined;
    span?.updateName(`${method} ${route}`).setAttribute("http.route", route);
  }
}

/** Prototypes of spans that were changed already. */
const CHANGED = new WeakSet<OtelSpan>();

/** Makes all spans of this process drop attributes that can have personal data (TRACING-1), Deno's own spans included. */
function dropPersonalData(prototype: OtelSpan): void {
  if (CHANGED.has(prototype)) return;
  CHANGED.add(prototype);
  const { setAttribute, setStatus } = prototype;
  prototype.setAttribute = function (name, value) {
    return ALLOWED.has(name) || name.startsWith("poli.") ? setAttribute.call(this, name, value) : this;
  };
  // The message of an error can quote a URL.
  prototype.setStatus = function ({ code }) {
    return setStatus.call(this, { code });
  };
}
