import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const ROOT = new URL("../../../", import.meta.url);

Deno.test("the start page is public, in the reader's language, has the service's own address, and names the demo and the guides", async () => {
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
  const english = await textOf("/", "en");
  assert.match(english, /<html lang="en">/);
  for (const page of [portuguese, english]) {
    const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
    const [, task] = page.match(/<code>npx --yes deno@2\.9\.6 task (\w+)<\/code>/)!;
    assert.ok(task! in tasks, `${task}`);
    const guides = [...page.matchAll(/<code>(docs\/[^<]+)<\/code>/g)].map(([, name]) => name!);
    assert.equal(guides.length, 4);
    for (const name of guides) assert.ok((await Deno.stat(new URL(name, ROOT))).isFile, name);
  }
  // The language of the address comes first.
  assert.match(await textOf("/?lang=pt-BR", "en"), /<html lang="pt-BR">/);
});
