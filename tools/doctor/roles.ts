import type { Client } from "../../src/postgres/connection.ts";
import { findServiceSession, grantDifferences, SERVICE_ROLE } from "../../src/postgres/grants.ts";
import { type Finding, ok, problem, skipped, warning } from "./finding.ts";

const OWNER = `
  select current_user::text as name, rolsuper as is_superuser, rolcreaterole as may_create_roles,
    coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create_tables
  from pg_roles where rolname = current_user`;

/** The role of DATABASE_URL. */
interface Owner {
  readonly name: string;
  readonly is_superuser: boolean;
  readonly may_create_roles: boolean;
  readonly may_create_tables: boolean;
}

/** Checks the role of DATABASE_URL, and how the service's sessions become a weaker one. */
export async function checkRoles(client: Client, url: string): Promise<Finding[]> {
  const owner = (await client.query<Owner & Record<string, unknown>>(OWNER)).rows[0]!;
  return [checkOwner(owner), await checkSession(client, url, owner)];
}

function checkOwner({ name, is_superuser, may_create_tables }: Owner): Finding {
  const check = "owner's role";
  if (!may_create_tables) {
    return problem(
      check,
      `${name} cannot create tables`,
      `Have an administrator run: ALTER DATABASE … OWNER TO ${name}, or GRANT CREATE ON SCHEMA public TO ${name}.`,
    );
  }
  return is_superuser
    ? warning(
      check,
      `${name} is a superuser`,
      "Give the database an owner that is none: see docs/operations.md.",
    )
    : ok(check, `${name} may migrate the database, and is no superuser`);
}

async function checkSession(client: Client, url: string, owner: Owner): Promise<Finding> {
  const check = "service's role";
  switch (await findServiceSession(client, url)) {
    case "login":
      return ok(check, `sessions log in as a member of ${SERVICE_ROLE}, which cannot become the owner`);
    case "assumed":
      return owner.may_create_roles
        ? ok(check, `the next start creates a login that is a member of ${SERVICE_ROLE}`)
        : warning(
          check,
          `sessions log in as ${owner.name} and assume ${SERVICE_ROLE}: injected SQL could go back`,
          `Have an administrator run: ALTER ROLE ${owner.name} CREATEROLE; GRANT ${SERVICE_ROLE} TO ${owner.name} WITH ADMIN OPTION; then restart the service.`,
        );
    case "refused":
    case "missing":
      return owner.may_create_roles ? ok(check, `the next start creates ${SERVICE_ROLE}`) : problem(
        check,
        `sessions would have all privileges of ${owner.name}`,
        `Have an administrator run: CREATE ROLE ${SERVICE_ROLE} NOLOGIN; GRANT ${SERVICE_ROLE} TO ${owner.name}.`,
      );
  }
}

/** Compares the grants of the service's role with those that a start makes. */
export async function checkGrants(client: Client): Promise<Finding> {
  const check = "grants";
  const differences = await grantDifferences(client);
  if (differences === undefined) return skipped(check, "the first start creates the tables and the role");
  if (differences.length === 0) return ok(check, `${SERVICE_ROLE} has what it needs, and nothing more`);
  return problem(
    check,
    `${SERVICE_ROLE} ${differences.join(", ")}`,
    "Restart the service: each start sets the grants.",
  );
}
