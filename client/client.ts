import createApiClient from "openapi-fetch";
import type { ApiClient } from "./api_client.ts";
import { type AuthorizeOptions, authorizeSend, type SendDecision } from "./authorize_send.ts";
import { type BalanceStreamOptions, streamBalance } from "./balance_stream.ts";
import { type ListOptions, listRows, type PagedPath, type RowOf } from "./list.ts";
import type { Balance, paths, Send } from "./openapi.ts";
import { type Fetch, type RetryOptions, withRetries } from "./retry.ts";

/** The address of the service, and its credentials. */
export interface ClientOptions {
  /** The URL of the service, such as `https://credits.example`. */
  readonly url: string;
  /** The API key. Leave it out in a browser that has a viewer session: never give a key to a browser. */
  readonly key?: string | undefined;
  /** How calls are repeated while the service is busy or away. */
  readonly retry?: RetryOptions | undefined;
  /** Sends requests. Default: the platform's `fetch`. */
  readonly fetch?: Fetch | undefined;
}

/** A client of one service. */
export class PoliCredits {
  /**
   * Every call of the API by its path. A call returns `data` or `error`; see `dataOf` for exceptions. Calls are repeated
   * while the service is busy or away, and take effect once.
   */
  readonly api: ApiClient;
  readonly #fetch: Fetch;

  /** @throws {TypeError} when the URL is invalid */
  constructor(options: ClientOptions) {
    const { url, key, retry, fetch = (request) => globalThis.fetch(request) } = options;
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    this.#fetch = fetch;
    this.api = createApiClient<paths, "application/json" | "application/problem+json">({
      baseUrl: new URL(url).href,
      headers,
      fetch: withRetries(fetch, retry),
    });
  }

  /**
   * Yields every row of a list, and reads its pages as they are needed.
   *
   * @throws {ApiError} when the service answers with an error
   *
   * @example
   * ```ts
   * const path = "/v1/companies/{company}/ledger";
   * for await (const entry of credits.list(path, { path: { company: "padaria" }, query: { from: "2026-11-01" } })) {
   *   console.log(entry.seq, entry.credits);
   * }
   * ```
   */
  list<Path extends PagedPath>(path: Path, options: ListOptions<Path>): AsyncGenerator<RowOf<Path>> {
    return listRows(this.api, path, options);
  }

  /**
   * Yields a company's balance now and after each change. Reconnects when the connection is lost, and leaves no gap: the
   * next balance is the newest. Ends when the signal aborts.
   *
   * @throws {ApiError} when the service refuses, such as 401 or 404
   *
   * @example
   * ```ts
   * for await (const balance of credits.streamBalance("padaria")) console.log(balance.available);
   * ```
   */
  streamBalance(company: string, options: BalanceStreamOptions = {}): AsyncGenerator<Balance> {
    return streamBalance(this.api, this.#fetch, company, options);
  }

  /**
   * Asks whether a message may be sent, and records the send. You declare what happens while the service is away.
   *
   * @throws {ApiError} when the request is wrong, such as 401, 404 or 422
   *
   * @example
   * ```ts
   * const send = { message_id: "order-1042", to: "+5511988887777", kind: "free_form" } as const;
   * const { may_send } = await credits.authorizeSend("padaria", send, { onUnavailable: "allow" });
   * ```
   */
  authorizeSend(company: string, send: Send, options: AuthorizeOptions): Promise<SendDecision> {
    return authorizeSend(this.api, company, send, options);
  }
}
