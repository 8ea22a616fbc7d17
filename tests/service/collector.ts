/** A collector of OpenTelemetry, which receives what Deno exports over OTLP/HTTP as JSON. */

/** A span as it was received. */
export interface CollectedSpan {
  readonly name: string;
  readonly trace_id: string;
  readonly id: string;
  /** Empty for the first span of a trace. */
  readonly parent_id: string;
  readonly attributes: ReadonlyMap<string, string | number>;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly doubleValue?: number };
}

interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId: string;
        readonly attributes: readonly OtlpAttribute[];
      }[];
    }[];
  }[];
}

/** Collects everything that a process exports. */
export class Collector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  readonly #bodies: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      const body = await request.text();
      this.#bodies.push(body);
      for (const { scopeSpans } of (JSON.parse(body) as OtlpTraces).resourceSpans ?? []) {
        for (
          const { name, traceId, spanId, parentSpanId, attributes } of scopeSpans.flatMap((s) => s.spans)
        ) {
          this.spans.push({
            name,
            trace_id: traceId,
            id: spanId,
            parent_id: parentSpanId,
            attributes: new Map(attributes.map(({ key, value }) => [key, valueOf(value)])),
          });
        }
      }
      return Response.json({});
    });
  }

  /** The variables that make a process export to this collector. */
  get environment(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    };
  }

  /** Everything that was received: spans, metrics and logs. */
  get received(): string {
    return this.#bodies.join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function valueOf({ stringValue, doubleValue }: OtlpAttribute["value"]): string | number {
  return stringValue ?? doubleValue!;
}
