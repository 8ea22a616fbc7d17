import lock from "./packages.lock" with { type: "text" };

const NAME = "@scalar/api-reference";
const [[key, { integrity }]] = Object.entries(JSON.parse(lock).npm) as [[string, { integrity: string }]];

/** The pinned npm package of Scalar. Its integrity is the hash of the archive, as the npm registry publishes it. */
export const SCALAR = { name: NAME, version: key.slice(`${NAME}@`.length), licence: "MIT", integrity };
