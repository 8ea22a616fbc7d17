import assert from "node:assert/strict";
import { readConfig } from "../../../src/config/environment.ts";
import { answerChallenge } from "../../../src/whatsapp/challenge.ts";
import { checkNats, checkPort, checkPublicUrl } from "../../../tools/doctor/network.ts";
import { freePort } from "../../../tools/free_port.ts";
import { NatsServer, natsTest } from "../../support/cluster/nats_server.ts";

const TOKEN = "the-token-of-the-environment";

/** A server with the answers of the service that the doctor asks for. */
function serve(token: string, health: unknown = { status: "ok" }) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === "/healthz") return Response.json(health);
    if (pathname !== "/webhooks/whatsapp") return new Response(null, { status: 404 });
    const answer = answerChallenge(Object.fromEntries(searchParams), token);
    return answer.type === "answered" ? new Response(answer.challenge) : new Response(null, { status: 403 });
  });
}

const publicUrl = async (PUBLIC_URL: string, META_VERIFY_TOKEN = TOKEN) =>
  [await checkPublicUrl(readConfig({ PUBLIC_URL, META_VERIFY_TOKEN }))].flat()[0]!;

Deno.test("a port is ok when it is free or the service answers there, and a problem when another program does", async () => {
  const port = async (number: number) =>
    await checkPort(readConfig({ HOST: "127.0.0.1", PORT: String(number) }));
  let used: number;
  {
    await using service = serve(TOKEN);
    used = service.addr.port;
    assert.match((await port(used)).detail, /^the service answers at/);
  }
  assert.match((await port(used)).detail, /is free, and the service is not running$/);
  {
    await using other = serve(TOKEN, { hello: "world" });
    assert.equal((await port(other.addr.port)).status, "problem");
  }
  {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0, transport: "tcp" });
    const accepting = silent.accept().then((connection) => connection.close());
    const { status, detail } = await port(silent.addr.port);
    await accepting;
    assert.equal(status, "problem", detail);
    assert.match(detail, /cannot be used/);
  }
  assert.equal((await port(0)).status, "ok");
});

Deno.test("a public URL is ok when it answers Meta's verification request with our token", async () => {
  await using service = serve(TOKEN);
  const url = `http://127.0.0.1:${service.addr.port}`;
  assert.equal((await publicUrl(url)).status, "ok");
  const other = await publicUrl(url, "the-token-of-another-environment");
  assert.deepEqual([other.status, other.detail], [
    "problem",
    `${url}/webhooks/whatsapp answers 403, and not Meta's verification request`,
  ]);
});

Deno.test("a public URL without TLS is never sent the token, and one that does not answer is a problem", async () => {
  assert.match((await publicUrl("http://credits.example.com")).detail, /has no TLS$/);
  const { status, detail } = await publicUrl("http://127.0.0.1:1");
  assert.deepEqual([status, detail], ["problem", "http://127.0.0.1:1/webhooks/whatsapp does not answer"]);
  assert.equal([await checkPublicUrl(readConfig({}))].flat()[0]!.status, "warning");
});

const nats = async (nats_url?: string) => await checkNats({ ...readConfig({}), nats_url });

Deno.test("NATS is ok when it is not used, and a problem that names no password when it does not answer", async () => {
  assert.equal((await nats()).status, "ok");
  const host = `127.0.0.1:${freePort()}`;
  const { status, detail } = await nats(`nats://credits:the-password@${host}`);
  assert.equal(status, "problem");
  assert.ok(detail.startsWith(`${host}: `) && !detail.includes("the-password"), detail);
});

natsTest("NATS is ok when its server takes the connection", async () => {
  await using server = await NatsServer.start();
  assert.equal((await nats(server.url)).status, "ok");
});
