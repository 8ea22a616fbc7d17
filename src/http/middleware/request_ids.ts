/**
 * The ids of a request: its own, and those of the trace it is part of. A client's ids are used if they are well-formed:
 * they reach the log, so they must not be able to contain a phone number or to forge a line.
 */

/** The id of a request, and of the trace that its client sent with it. */
export interface RequestIds {
  readonly request_id: string;
  /** The trace of W3C Trace Context, in hex. */
  readonly trace_id?: string;
  /** The client's span, in hex. */
  readonly parent_span_id?: string;
}

/** Up to 128 characters of UUIDs, ULIDs and paths. At least one letter: digits alone may be a phone number. */
const REQUEST_ID = /^(?=.*[A-Za-z])[A-Za-z0-9._:\/=-]{1,128}$/;

/** `version-trace-parent-flags`. Later versions may append fields. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** Reads the ids of a request. Without a well-formed `X-Request-Id` it gets a new id. */
export function requestIdsOf(headers: Headers): RequestIds {
  const sent = headers.get("x-request-id");
  const request_id = sent !== null && REQUEST_ID.test(sent) ? sent : crypto.randomUUID();
  const traceparent = headers.get("traceparent");
  return traceparent === null ? { request_id } : { request_id, ...traceOf(traceparent) };
}

function traceOf(traceparent: string): Omit<RequestIds, "request_id"> {
  const [, version, trace_id, parent_span_id, more] = TRACEPARENT.exec(traceparent) ?? [];
  const is_valid = trace_id !== undefined && !(version === "00" && more !== undefined);
  return is_valid ? { trace_id, parent_span_id: parent_span_id! } : {};
}
