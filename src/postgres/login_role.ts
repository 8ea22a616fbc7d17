/**
 * The login role of the service, a member of its role. A session that logs in as the owner and assumes a weaker role can
 * go back with `set_config('role', 'none', false)`; a session of the login role cannot become the owner.
 */

import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { type Client, connect, disconnect } from "./connection.ts";
import { sqlState } from "./sql_state.ts";

/** A login with its password. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

/**
 * Returns the login role of an owner. Its password is derived from the owner's, so that every process with the same
 * DATABASE_URL knows it. It does not reveal the owner's.
 */
export function loginOf(owner: string, owner_password: string): Login {
  const name = `${owner}_service`;
  const password = createHmac("sha256", owner_password).update(`poli-credits login ${name}`).digest(
    "base64url",
  );
  return { name, password };
}

/** Returns a URL with another login. */
export function withLogin(url: string, { name, password }: Login): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(name);
  changed.password = encodeURIComponent(password);
  return changed.href;
}

/**
 * Makes sure that the login role of the URL's owner exists, is a member of a role and can log in; creates or changes it
 * where the owner may.
 *
 * @param service_url the owner's URL with the settings of service sessions
 * @returns the URL with that login; undefined where it cannot be used
 * @throws {Error} when the database cannot be reached
 */
export async function ensureLogin(
  owner: Client,
  service_url: string,
  role: string,
): Promise<string | undefined> {
  const { username, password } = new URL(service_url);
  if (username === "" || password === "") return undefined;
  const login = loginOf(decodeURIComponent(username), decodeURIComponent(password));
  const url = withLogin(service_url, login);
  const { rowCount } = await owner.query("select from pg_roles where rolname = $1", [login.name]);
  if (rowCount === 1 && await canLogIn(url)) return url;
  const attributes = `login password ${owner.escapeLiteral(verifierOf(login.password))}`;
  const name = owner.escapeIdentifier(login.name);
  // Each may be refused, or be done by another process at this moment: logging in decides.
  if (rowCount === 1) await owner.query(`alter role ${name} ${attributes}`).catch(ignore);
  else await owner.query(`create role ${name} ${attributes}`).catch(ignore);
  await owner.query(`grant ${role} to ${name}`).catch(ignore);
  return await canLogIn(url) ? url : undefined;
}

/**
 * Returns whether the login role of the URL's owner can log in. Creates nothing.
 *
 * @param service_url the owner's URL with the settings of service sessions
 */
export async function hasLogin(service_url: string): Promise<boolean> {
  const { username, password } = new URL(service_url);
  if (username === "" || password === "") return false;
  return await canLogIn(
    withLogin(service_url, loginOf(decodeURIComponent(username), decodeURIComponent(password))),
  );
}

async function canLogIn(url: string): Promise<boolean> {
  try {
    await disconnect(await connect(url, { application_name: "poli-credits grants" }));
    return true;
  } catch (error) {
    // Refused by password or pg_hba.conf; not a member of the role, or no CONNECT privilege.
    if (/^(28|42501)/.test(sqlState(error) ?? "")) return false;
    throw error;
  }
}

/** Returns the SCRAM verifier of a password, which reveals it to no log of the server. */
function verifierOf(password: string): string {
  const ITERATIONS = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const stored_key = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const server_key = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored_key}:${server_key}`;
}

function ignore(): void {}
