/** Globals that simulated code must not use. */
const FORBIDDEN_GLOBALS = new Set([
  "Date",
  "Deno",
  "clearInterval",
  "clearTimeout",
  "crypto",
  "fetch",
  "performance",
  "setInterval",
  "setTimeout",
]);

const FORBIDDEN_MEMBERS = new Set(["Math.random", "Temporal.Now"]);

/** Code that must run in a deterministic simulation. */
const SIMULATED = /\/(actors|src\/domain)\/[^?]*\.ts$/;
const TESTS = /\/tests\//;

/**
 * Lint rule `determinism/no-globals`: actors and the domain take time, randomness and I/O as interfaces, so that they run in a
 * deterministic simulation.
 */
const plugin: Deno.lint.Plugin = {
  name: "determinism",
  rules: {
    "no-globals": {
      create(context) {
        const path = context.filename.replaceAll("\\", "/");
        if (!SIMULATED.test(path) || TESTS.test(path)) return {};
        const report = (node: Deno.lint.Node, name: string) =>
          context.report({
            node,
            message: `${name} must not be used here: this code runs in a deterministic simulation`,
            hint: "Take a clock, timers or randomness as an interface: see src/ports/runtime.ts",
          });
        return {
          Identifier(node) {
            if (FORBIDDEN_GLOBALS.has(node.name) && isGlobalReference(node)) report(node, node.name);
          },
          MemberExpression(node) {
            if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
            const name = `${node.object.name}.${node.property.name}`;
            if (FORBIDDEN_MEMBERS.has(name)) report(node, name);
          },
        };
      },
    },
  },
};

export default plugin;

/** Whether an identifier refers to a global instead of a property or key of that name. */
function isGlobalReference(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  if (parent.type === "MemberExpression") return parent.object === node || parent.computed;
  return !(parent.type === "Property" && parent.key === node);
}
