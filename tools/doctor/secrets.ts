/** Checks of the shape of secrets. No finding contains one. */

import type { Config } from "../../src/config/environment.ts";
import { type Finding, ok, skipped, warning } from "./finding.ts";

/** Meta's app secrets are 32 hexadecimal digits. */
const APP_SECRET = /^[0-9a-f]{32}$/;
/** A verify token that is shorter can be guessed. */
const TOKEN_LENGTH_MIN = 16;
const NAME = "Meta's secrets";

/** Checks whether the app secrets and the verify token look like ones of Meta. Whether they are, only Meta knows. */
export function checkMetaSecrets({ meta_app_secrets, meta_verify_token, database_url }: Config): Finding[] {
  if (database_url === undefined && (meta_app_secrets.length === 0 || meta_verify_token === undefined)) {
    return [
      skipped(
        NAME,
        "the service generates those that are not set; with generated ones no webhook of Meta verifies",
      ),
    ];
  }
  const findings: Finding[] = [];
  const odd = meta_app_secrets.filter((secret) => !APP_SECRET.test(secret)).length;
  if (odd > 0) {
    findings.push(warning(
      NAME,
      `${odd} of ${meta_app_secrets.length} app secrets are not 32 hexadecimal digits, as Meta's are`,
      "Copy META_APP_SECRET again from App settings > Basic in Meta's dashboard.",
    ));
  }
  if ((meta_verify_token ?? "").length < TOKEN_LENGTH_MIN) {
    findings.push(warning(
      NAME,
      `META_VERIFY_TOKEN has fewer than ${TOKEN_LENGTH_MIN} characters`,
      "Set a random one, and enter it in Meta's webhook settings.",
    ));
  }
  return findings.length > 0
    ? findings
    : [ok(NAME, "the app secret and the verify token have the shape of Meta's")];
}
