import assert from "node:assert/strict";
import { problemPage } from "../../src/web/problem_page.tsx";

/** Problems with the path and query of their address, their heading and the target of their link. */
const PROBLEMS = [
  [401, "unauthenticated", "/acme", "Abra o relatório pela plataforma", "/"],
  [
    403,
    "insufficient_scope",
    "/acme?search=5511",
    "Esta sessão não busca por contato",
    "/reports/credits/acme",
  ],
  [
    403,
    "insufficient_scope",
    "/acme/history.csv?search=1",
    "Esta sessão não busca por contato",
    "/reports/credits/acme",
  ],
  [403, "cross_site_request", "/acme/logout", "Este endereço não se abre assim", "/reports/credits/acme"],
  [405, "method_not_allowed", "/acme/logout", "Este endereço não se abre assim", "/reports/credits/acme"],
  [
    404,
    "statement_not_found",
    "/acme?month=2026-09",
    "Não há dados de setembro de 2026",
    "/reports/credits/acme",
  ],
  [404, "entry_not_found", "/acme?entry=9", "Este recibo não existe", "/reports/credits/acme"],
  [404, "company_not_found", "/acme", "Não encontramos esta página", "/"],
  [404, "route_not_found", "/acme/nothing", "Não encontramos esta página", "/reports/credits/acme"],
  [404, "route_not_found", "", "Falta a empresa neste endereço", "/"],
  [404, "route_not_found", "/", "Falta a empresa neste endereço", "/"],
  [
    404,
    "entry_not_found",
    "/acme?lang=pt-BR&entry=9",
    "Este recibo não existe",
    "/reports/credits/acme?lang=pt-BR",
  ],
  [422, "invalid_request", "/acme?from=yesterday", "Este endereço não é válido", "/reports/credits/acme"],
  [429, "rate_limited", "/acme?lang=en", "Muitas solicitações ao mesmo tempo", "?lang=en"],
  [503, "unavailable", "/acme", "O serviço não respondeu", "?"],
] as const;

function pageOf(
  [status, code, path]: readonly [number, string, string, ...string[]],
  language: "pt-BR" | "en",
) {
  const address = new URL(`https://credits.test/reports/credits${path}`);
  return problemPage({ language, status, code, request_id: "r-1", address });
}

for (const problem of PROBLEMS) {
  const [status, code, path, heading, href] = problem;
  Deno.test(`${status} ${code} at "${path}" reads "${heading}" and links to ${href}`, () => {
    const page = pageOf(problem, "pt-BR");
    assert.ok(page.includes(`<h1>${heading}</h1>`), page);
    assert.ok(page.includes(`<a href="${href}">`), page);
    assert.match(page, /r-1/);
  });
}

Deno.test("the page of each problem is translated", () => {
  const headings = (language: "pt-BR" | "en") =>
    new Set(PROBLEMS.map((problem) => pageOf(problem, language).match(/<h1>(.+?)<\/h1>/)![1]!));
  assert.equal(headings("en").size, headings("pt-BR").size);
  assert.deepEqual([...headings("en")].filter((heading) => /[^ -~]/.test(heading)), []);
  assert.ok(headings("en").has("There is no data for September 2026"));
});

Deno.test("a viewer who may not search by contact reads whom to ask", () => {
  assert.match(pageOf(PROBLEMS[1], "pt-BR"), /Peça esse acesso a quem administra a plataforma/);
  assert.match(pageOf(PROBLEMS[1], "en"), /Ask an administrator of the platform for this access/);
});
