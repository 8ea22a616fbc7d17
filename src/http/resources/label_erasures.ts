import { z } from "@hono/zod-openapi";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import { CompanyPath, textField } from "../kit/fields.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** Erases labels of usage and sends. */
export interface LabelErasures {
  /**
   * Erases the labels of a company that contain a text: see `withoutLabelText`. Rejects when the store cannot be reached;
   * a repeated call completes the erasure.
   *
   * @returns the number of different sets of labels that contained it
   */
  erase(company: CompanyId, text: string): Promise<number>;
}

/** Shorter texts are in nearly every label. */
const TEXT_LENGTH_MIN = 3;

const LabelErasureRequest = z.strictObject({
  text: textField(200).refine((text) => text.trim().length >= TEXT_LENGTH_MIN, {
    error: `must have at least ${TEXT_LENGTH_MIN} characters: a shorter text is in nearly every label`,
  }).openapi({
    description: "A part of the labels to erase, in upper or lower case, such as the name of a person.",
    example: "Ana Souza",
  }),
}).openapi("LabelErasureRequest");

const LabelErasureBody = z.object({
  label_sets_erased: z.int().openapi({
    description: "Number of different sets of labels that contained the text.",
  }),
}).openapi("LabelErasure");

/** Declares the call that erases labels of usage and sends. It reads all labels of the company, so one runs at a time. */
export function labelErasures(api: Api, companies: Companies, erasures: LabelErasures): void {
  const running = new Set<CompanyId>();
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/label_erasures",
    policy: { scope: "admin" },
    tag: "Contacts",
    operation_id: "eraseLabels",
    summary: "Erase labels",
    description:
      "Erases every label of usage and sends that contains the text, in the ledger and wherever it is stored. A value that " +
      "contains it becomes `•••`; a name that contains it is removed with its value. Credits do not change. The same set " +
      "of labels stays erased when it is reported again. Repeat the call after a 503.",
    params: CompanyPath,
    body: LabelErasureRequest,
    answer: LabelErasureBody,
  }, async ({ params: { company }, body: { text } }) => {
    const answer = await companies.execute(company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    if (running.has(company)) return erasureRunning();
    running.add(company);
    try {
      return { label_sets_erased: await erasures.erase(company, text) };
    } finally {
      running.delete(company);
    }
  });
}

function erasureRunning(): Problem {
  const detail = "Another erasure of labels is running for this company: try again in 5 s.";
  return new Problem(429, "too_many_requests", detail, { headers: { "retry-after": "5" } });
}
