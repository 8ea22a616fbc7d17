/**
 * Usage as CloudEvents 1.0 (CNCF), in the three modes of its HTTP binding: structured, batch and binary. An event is one
 * usage: `type` is the feature, `source` and `id` together are the id, `time` is when it occurred, and `data` has the
 * quantity and labels. `subject`, if any, must be the company of the path: an event of another company is a mistake of
 * its route.
 */

import { z } from "@hono/zod-openapi";
import { QUANTITY_MAX } from "../../domain/company/usages.ts";
import type { BodyForm } from "../kit/declaration.ts";
import {
  AttributesField,
  CompanyIdField,
  FeatureCodeField,
  idField,
  InstantField,
  optionalField,
} from "../kit/fields.ts";
import { type FieldError, mediaTypeUnsupported, type Problem } from "../kit/problems.ts";

/** The media type of one event. */
export const STRUCTURED = "application/cloudevents+json";
/** The media type of a list of events. */
export const BATCH = "application/cloudevents-batch+json";

/** The longest id of a usage. */
const ID_LENGTH_MAX = 200;
/** Between source and id: no URI has it, so two events have one id only if both are equal. */
const SEPARATOR = "|";

/** A URI reference (RFC 3986), by its characters. */
const URI_REFERENCE = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;
/** The name of an attribute. */
const ATTRIBUTE_NAME = /^[a-z0-9]+$/;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;.*)?$/i;

const EventData = z.strictObject({
  quantity: optionalField(z.int().min(1).max(QUANTITY_MAX)).openapi({ description: "Default: 1." }),
  attributes: optionalField(AttributesField),
});

const ATTRIBUTES = {
  specversion: z.literal("1.0", { error: 'must be "1.0"' }),
  id: idField(ID_LENGTH_MAX).openapi({
    description: "With `source` the id of the usage: the same two count once.",
    example: "8e03978e",
  }),
  source: z.string().min(1).regex(URI_REFERENCE, {
    error: "must be a URI reference such as /automation/flows",
  })
    .openapi({ example: "/automation/flows" }),
  type: FeatureCodeField,
  subject: optionalField(CompanyIdField).openapi({ description: "The company of the path, if it is there." }),
  time: optionalField(InstantField).openapi({ description: "When the usage occurred. Default: now." }),
  datacontenttype: optionalField(
    z.string().refine((type) => JSON_TYPE.test(type), {
      error: "must be application/json: send data as JSON",
    }),
  ),
  dataschema: optionalField(z.string()).openapi({ description: "Ignored." }),
};

/** A usage as an event, and the company that the event names. */
export interface EventOfUsage {
  readonly subject: string | undefined;
  readonly usage: {
    readonly id: string;
    readonly feature: z.infer<typeof FeatureCodeField>;
    readonly quantity: number;
    readonly occurred_at: number | undefined;
    readonly attributes: z.infer<typeof AttributesField> | undefined;
  };
}

/** A usage as an event. Extension attributes are ignored. */
export const CloudEvent = z.looseObject({ ...ATTRIBUTES, data: optionalField(EventData) })
  .superRefine((event, context) => {
    for (const name of Object.keys(event)) {
      if (name === "data_base64") {
        context.addIssue({ code: "custom", path: [name], message: "must be omitted: send `data` as JSON" });
      } else if (!ATTRIBUTE_NAME.test(name)) {
        const message = "is no name of an attribute: use lower-case letters and digits";
        context.addIssue({ code: "custom", path: [name], message });
      }
    }
    if (event.source.length + SEPARATOR.length + event.id.length > ID_LENGTH_MAX) {
      const message = `must have at most ${ID_LENGTH_MAX - SEPARATOR.length} characters together with source`;
      context.addIssue({ code: "custom", path: ["id"], message });
    }
  })
  .transform(({ id, source, type, subject, time, data }): EventOfUsage => ({
    subject,
    usage: {
      id: `${source}${SEPARATOR}${id}`,
      feature: type,
      quantity: data?.quantity ?? 1,
      occurred_at: time,
      attributes: data?.attributes,
    },
  })).openapi("CloudEvent");

/** The headers of an event in binary mode, for the documentation. */
export const BINARY_HEADERS = z.object(Object.fromEntries(
  ["specversion", "id", "source", "type", "subject", "time"].map((name) => [
    `ce-${name}`,
    z.string().optional().openapi({
      description: `The attribute \`${name}\` of a CloudEvent in binary mode. The body is its \`data\`.`,
    }),
  ]),
));

/** The mode of an event, by the headers of its request. */
export type CloudEventMode = "structured" | "batch" | "binary";

/** Returns the mode of the events in a request; undefined if it has none. */
export function cloudEventModeOf(headers: Headers): CloudEventMode | undefined {
  const type = mediaTypeOf(headers);
  if (type === STRUCTURED) return "structured";
  if (type === BATCH) return "batch";
  return ["specversion", "id", "source", "type"].some((name) => headers.has(`ce-${name}`))
    ? "binary"
    : undefined;
}

/** Returns the form of a body with events: undefined for a body of another kind, a problem for events that are not JSON. */
export function cloudEventForm(headers: Headers, events_max: number): BodyForm | Problem | undefined {
  const type = mediaTypeOf(headers);
  switch (cloudEventModeOf(headers)) {
    case "structured":
      return { schema: CloudEvent };
    case "batch":
      return { schema: batchOf(events_max), list: { max: events_max } };
    case "binary":
      if (type !== "" && !JSON_TYPE.test(type)) return mediaTypeUnsupported(type, ["application/json"]);
      return { schema: CloudEvent, complete: withAttributes, errorOf: errorOfBinary };
    default:
      return type.startsWith("application/cloudevents")
        ? mediaTypeUnsupported(type, [STRUCTURED, BATCH])
        : undefined;
  }
}

/** The schema of a list of events. */
export function batchOf(events_max: number) {
  return z.array(CloudEvent).min(1).max(events_max);
}

function mediaTypeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
}

/** Completes the data of an event in binary mode by the attributes in its headers. */
function withAttributes(data: unknown, headers: Headers): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of headers) {
    if (name.startsWith("ce-")) event[name.slice(3)] = decoded(value);
  }
  return data === undefined ? event : { ...event, data };
}

/** Decodes the percent-encoding of a header of the HTTP binding. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Names the field of an error as the request has it: an attribute is a header, and the data is the body. */
function errorOfBinary({ path, message }: FieldError): FieldError {
  const field = path.replace(/^data\.?/, "");
  const named = path === "" || field !== path ? field : `ce-${path}`;
  const text = path !== "" && message.startsWith(path)
    ? `${named === "" ? "the body" : named}${message.slice(path.length)}`
    : message.replace(`\`${path}\``, `\`${named}\``);
  return { path: named, message: text };
}

/** The names of the fields of a usage as attributes of its event. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  feature: ["type"],
  occurred_at: ["time"],
  quantity: ["data", "quantity"],
  attributes: ["data", "attributes"],
};

/** Returns the path of a field of a usage, within its event. */
export function pathInEvent([field, ...rest]: readonly string[]): string[] {
  return field === undefined ? [] : [...NAMES[field] ?? [field], ...rest];
}

/** Converts an error about an event to one about its request. */
export function errorInMode(mode: CloudEventMode, error: FieldError): FieldError {
  return mode === "binary" ? errorOfBinary(error) : error;
}
