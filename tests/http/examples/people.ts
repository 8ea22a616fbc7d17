/** The people of the examples, and the deliveries of Meta. */

import { type BusinessNumber, type Change, signedBody, webhookOf } from "../../support/payloads.ts";
import { APP_SECRET } from "../test_service.ts";
import type { ExampleRequest } from "./recorder.ts";

/** The company of the examples. */
export const ACME = { company: "acme" } as const;
/** Its number. */
export const LINE: BusinessNumber = {
  waba_id: "102290129340398",
  phone_number_id: "106540352242922",
  display_phone_number: "551130000001",
};
/** A customer who writes to it. */
export const ANA = { phone: "5511988887777", bsuid: "BR.13491208655302741918", name: "Ana" } as const;
/** A customer who only receives a template. */
export const BRUNO = { phone: "5541977776666", name: "Bruno" } as const;
/** A customer whose number was never written to. */
export const CARLA = "5531966665555";

/** Builds a signed delivery. */
export function delivery(...changes: readonly Change[]): ExampleRequest {
  const { body, signature } = signedBody(webhookOf(...changes), APP_SECRET);
  return {
    anonymous: true,
    headers: { "content-type": "application/json", "x-hub-signature-256": signature },
    body,
  };
}
