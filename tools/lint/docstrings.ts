/** Production code, the client and the shared test kit, whose exports must explain themselves. */
const CHECKED = /\/(?:actors|src|tools|tests\/support)\/[^?]*\.tsx?$|(?<!tests)\/client\/[a-z_]+\.ts$/;

/** Lint rule `docstrings/missing`: every exported declaration has a docstring. */
const plugin: Deno.lint.Plugin = {
  name: "docstrings",
  rules: {
    missing: {
      create(context) {
        if (!CHECKED.test(context.filename.replaceAll("\\", "/"))) return {};
        return {
          ExportNamedDeclaration(node) {
            if (node.declaration === null || isOverload(node)) return;
            if (hasDocstring(context.sourceCode, node)) return;
            context.report({
              node,
              message: "An exported declaration has no docstring",
              hint: "Say in one sentence what it is (a noun phrase) or does (a verb)",
            });
          },
        };
      },
    },
  },
};

export default plugin;

/** Whether a declaration is another signature of the function before it. */
function isOverload(node: Deno.lint.ExportNamedDeclaration): boolean {
  return node.declaration?.type === "TSDeclareFunction";
}

/** Whether a docstring stands right before a node; line comments may stand between. */
function hasDocstring(source: Deno.lint.SourceCode, node: Deno.lint.Node): boolean {
  let [start] = node.range;
  for (const { type, value, range: [from, to] } of source.getCommentsBefore(node).toReversed()) {
    if (source.text.slice(to, start).trim() !== "") return false;
    if (type === "Block" && value.startsWith("*")) return true;
    start = from;
  }
  return false;
}
