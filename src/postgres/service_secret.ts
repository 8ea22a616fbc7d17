import type { Pool } from "./connection.ts";

/**
 * Reads a secret that all processes on a database share: 32 random bytes. The first call of any process creates it.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function serviceSecret(pool: Pool, name: string): Promise<Uint8Array> {
  const generated = crypto.getRandomValues(new Uint8Array(32));
  await pool.query("insert into service_secrets (name, secret) values ($1, $2) on conflict do nothing", [
    name,
    generated,
  ]);
  const { rows } = await pool.query<{ secret: Uint8Array }>(
    "select secret from service_secrets where name = $1",
    [name],
  );
  return Uint8Array.from(rows[0]!.secret);
}
