import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

Deno.test("the start page is public, in the reader's language, and has the service's own address", async () => {
  await using service = new TestService({ public_url: "https://credits.example.com" });
  const textOf = async (path: string, accept_language: string) => {
    const response = await service.app.hono.request(path, {
      headers: { "accept-language": accept_language },
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-security-policy")!, /script-src 'self'/);
    return await response.text();
  };
  const portuguese = await textOf("/", "pt-BR");
  assert.match(portuguese, /<html lang="pt-BR">/);
  assert.match(portuguese, /https:\/\/credits\.example\.com\/v1\/companies\/EMPRESA\/viewer_sessions/);
  assert.match(portuguese, /<a href="\/docs">/);
  assert.match(await textOf("/", "en"), /<html lang="en">/);
  // The language of the address comes first.
  assert.match(await textOf("/?lang=pt-BR", "en"), /<html lang="pt-BR">/);
});
