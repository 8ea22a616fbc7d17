import { PoliCredits } from "../../client/mod.ts";
import { ADMIN_KEY, TestService } from "../http/test_service.ts";

/** The service in memory behind a real socket, with a client of it. */
export class ServedService implements AsyncDisposable {
  readonly service = new TestService();
  /** Every request so far. */
  readonly requests: Request[] = [];
  /** Answers in the place of the service, if it returns a response. */
  intercept: (request: Request) => Response | undefined = () => undefined;
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    this.requests.push(request);
    return this.intercept(request) ?? this.service.app.hono.fetch(request);
  });
  readonly url = `http://127.0.0.1:${this.#server.addr.port}`;
  readonly credits = new PoliCredits({ url: this.url, key: ADMIN_KEY });

  /** Requests by method and path. */
  get calls(): string[] {
    return this.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
  }

  /** Opens a window of one more contact: one credit. */
  async sendTo(contact: string): Promise<void> {
    const message = { message_id: `to-${contact}`, to: contact, kind: "template" };
    await this.service.readJson("POST", "/v1/companies/acme/messages", message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Ends open streams, so that the server can stop.
    this.service.feed.close();
    await this.#server.shutdown();
    await this.service[Symbol.asyncDispose]();
  }
}

/** A problem as the service answers it. */
export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  const body = { type: "about:blank", title: "Error", status, code, detail: `${code}.`, request_id: "r" };
  return Response.json(body, {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}
