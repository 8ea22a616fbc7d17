/**
 * The client of Poli Credits: every call of its API with types, and what a program needs around them.
 *
 * @example
 * ```ts
 * const credits = new PoliCredits({ url: "http://localhost:8000", key: "…" });
 * for await (const balance of credits.streamBalance("padaria")) console.log(balance.available);
 * ```
 *
 * @module
 */

export { type ClientOptions, PoliCredits } from "./client.ts";
export { ApiError, dataOf } from "./api_error.ts";
export { InvalidAlert, type StreamedAlert, verifyAlert, type VerifyOptions } from "./alerts.ts";
export type { BalanceStreamOptions } from "./balance_stream.ts";
export type { AuthorizeOptions, SendDecision } from "./authorize_send.ts";
export type { ListOptions, PagedPath, RowOf } from "./list.ts";
export type { RetryOptions } from "./retry.ts";
export type * from "./openapi.ts";
