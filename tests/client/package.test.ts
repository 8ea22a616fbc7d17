import assert from "node:assert/strict";
import { readSource } from "../support/source_files.ts";
import { ANA } from "../support/fixtures.ts";
import { ADMIN_KEY } from "../http/test_service.ts";
import { InstalledPackage, NOT_INSTALLABLE, readmeExamples } from "./installed_package.ts";
import { examplesModule, RUN_EXAMPLES } from "./readme_examples.ts";
import { ServedService } from "./served_service.ts";

const NAME = "the packed client";

Deno.test({
  name: NOT_INSTALLABLE === undefined ? NAME : `${NAME} (${NOT_INSTALLABLE})`,
  ignore: NOT_INSTALLABLE !== undefined,
}, async (test) => {
  await using project = await InstalledPackage.create();

  await test.step("has the version of the service, its licence, and one dependency", async () => {
    const { version, imports } = JSON.parse(await readSource("deno.json"));
    const packed = JSON.parse(await project.read("@poli-credits/client/package.json"));
    assert.equal(packed.version, version);
    const dependencies = { "openapi-fetch": imports["openapi-fetch"].replace("npm:openapi-fetch@", "^") };
    assert.deepEqual(packed.dependencies, dependencies);
    assert.equal(await project.read("@poli-credits/client/LICENSE"), await readSource("LICENSE"));
  });

  const live = (await readmeExamples("js"))[0]!;
  await test.step("shows a live balance in ten lines, as the README says", () => {
    assert.ok(live.trim().split("\n").length <= 10, live);
  });

  for (const [runtime, command] of Object.entries(RUNTIMES)) {
    await test.step(`follows a balance in ${runtime}`, async () => {
      await using served = new ServedService();
      await served.service.createCompany("padaria");
      const contract = { package: { credits: 10, price: "10.00" }, excess_credit_price: "1.50" };
      await served.service.readJson("PUT", "/v1/companies/padaria/contract", contract);
      await project.write("live.js", live.replace("http://localhost:8000", served.url));
      await using program = new Program(command, project.folder);
      assert.equal(await program.line(), "10 credits left, 0 in excess");
      const message = { message_id: "m1", to: ANA, kind: "template" };
      await served.service.readJson("POST", "/v1/companies/padaria/messages", message);
      assert.equal(await program.line(), "9 credits left, 0 in excess");
    });
  }

  const examples = [live, ...await readmeExamples("ts")];
  await test.step("has types that strict TypeScript accepts, with every example of the README", async () => {
    await project.write("examples.ts", examplesModule(examples, MISTAKES));
    await project.write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: COMPILER, files: ["examples.ts"] }),
    );
    await project.run("node", "node_modules/typescript/bin/tsc", "--project", "tsconfig.json");
  });

  await test.step("runs every example of the README in Node", async () => {
    assert.equal(examples.length, 9, "tests/client/readme_examples.ts runs these");
    await using served = new ServedService();
    await served.service.createCompany("padaria");
    const contract = { package: { credits: 1, price: "1.00" }, excess_credit_price: "1.50" };
    await served.service.readJson("PUT", "/v1/companies/padaria/contract", contract);
    await project.write("run_examples.js", RUN_EXAMPLES);
    const output = await project.run("node", "run_examples.js", served.url, ADMIN_KEY);
    assert.deepEqual(output.trim().split("\n"), [
      "open",
      "1 1",
      "2 0",
      "[ '106540352242922' ]",
      "0",
      "2 consumption -1",
      "1 grant 1",
      "this contact has no open window: wait until they write, or send a template; use another message_id, " +
      "because this one always gets this answer",
      "padaria 3",
      "Answer 400.",
      "0 credits",
    ]);
  });
});

/** How a program of the project is run in each runtime. */
const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  Node: ["node", "live.js"],
  Deno: [Deno.execPath(), "run", "--quiet", "--allow-net", "--allow-env", "live.js"],
};

/** Mistakes that the types must report. */
const MISTAKES = `
export async function mistakes() {
  // @ts-expect-error: no such path.
  await credits.api.GET("/v1/nothing");
  // @ts-expect-error: a message needs an id.
  await credits.authorizeSend("padaria", { to: "+5511988887777", kind: "template" }, { onUnavailable: "allow" });
  // @ts-expect-error: the decision while the service is away is declared.
  await credits.authorizeSend("padaria", { message_id: "m", to: "+5511988887777", kind: "template" }, {});
  // @ts-expect-error: a contract is no list.
  credits.list("/v1/companies/{company}/contract", { path: { company: "padaria" } });
  // @ts-expect-error: a list of a company needs the company.
  credits.list("/v1/companies/{company}/ledger", {});
  for await (const balance of credits.streamBalance("padaria")) {
    // @ts-expect-error: no such field.
    console.log(balance.credits_left);
  }
}
`;

const COMPILER = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  outDir: "out",
  target: "ES2022",
  module: "NodeNext",
  lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  types: [],
};

/** A running program whose output is read line by line. */
class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  #read = "";

  constructor([program, ...args]: readonly string[], cwd: string) {
    const env = { ADMIN_KEY, NO_COLOR: "1" };
    this.#child = new Deno.Command(program!, { args, cwd, env, stdout: "piped" }).spawn();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async line(): Promise<string> {
    while (!this.#read.includes("\n")) {
      const { done, value } = await this.#output.read();
      if (done) throw new Error(`the program has ended: ${this.#read}`);
      this.#read += value;
    }
    const [line, ...rest] = this.#read.split("\n");
    this.#read = rest.join("\n");
    return line!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#output.cancel();
    await this.#child.status;
  }
}
