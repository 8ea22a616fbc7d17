/**
 * Actors, the sweep and the domain hear of time, chance and the world through small interfaces alone, so that
 * all of them can run in a deterministic simulation. This rule forbids to reach for any of it.
 */
const REACHED_FOR = new Set([
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

const REACHED_FOR_MEMBERS = new Set(["Math.random", "Temporal.Now"]);

const SEAMED = /\/(actors|src\/domain)\/[^?]*\.ts$/;
const TESTS = /\/tests\//;

const plugin: Deno.lint.Plugin = {
  name: "credits",
  rules: {
    seams: {
      create(context) {
        const path = context.filename.replaceAll("\\", "/");
        if (!SEAMED.test(path) || TESTS.test(path)) return {};
        const report = (node: Deno.lint.Node, name: string) =>
          context.report({
            node,
            message: `${name} is reached for in a room that must be able to run in a simulation`,
            hint: "Take a clock, timers or randomness as an interface: see src/ports.ts",
          });
        return {
          Identifier(node) {
            if (REACHED_FOR.has(node.name) && isFree(node)) report(node, node.name);
          },
          MemberExpression(node) {
            if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
            const name = `${node.object.name}.${node.property.name}`;
            if (REACHED_FOR_MEMBERS.has(name)) report(node, name);
          },
        };
      },
    },
  },
};

export default plugin;

/** Whether an identifier stands for a global, not for a property or a key of that name. */
function isFree(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  if (parent.type === "MemberExpression") return parent.object === node || parent.computed;
  return !(parent.type === "Property" && parent.key === node);
}
