import { z } from "@hono/zod-openapi";
import type { Placement } from "../../ports/placement.ts";
import { type Api, route } from "../kit/route.ts";

const NodeBody = z.object({
  id: z.string().openapi({
    description: "The id of this run: a node that lost its companies has another one afterwards.",
    example: "9f2c41d07be3a856",
  }),
  name: z.string().openapi({ description: "Its `NODE_NAME`.", example: "credits-1" }),
  state: z.enum(["reachable", "suspect", "unreachable", "draining"]).openapi({
    description:
      "`reachable`: other nodes reach it. `suspect`: it fails to reach itself over NATS, or did until just now. " +
      "`unreachable`: it fails for 5 s, and gives its companies to reachable nodes. `draining`: it stops.",
  }),
  clock_is_certain: z.boolean().openapi({
    description:
      "Whether its clock, monotonic time and Postgres's clock agree. A node on which they do not closes no day, " +
      "and gives its companies to nodes on which they do, if there are any.",
  }),
  is_this: z.boolean().openapi({ description: "Whether it is the node that answers." }),
  shards: z.array(z.int().min(0).max(255)).openapi({
    description: "The shards of companies that it has, of 256.",
  }),
}).openapi("Node");

const NodesBody = z.object({
  data: z.array(NodeBody),
  unowned_shards: z.int().openapi({
    description: "Shards that no node has: calls for their companies are answered 503.",
  }),
}).openapi("Nodes");

const SHARDS = 256;

/** Declares the call that lists the nodes. */
export function nodes(api: Api, placement: Pick<Placement, "nodes">): void {
  route(api, {
    method: "get",
    path: "/v1/nodes",
    policy: { scope: "platform" },
    tag: "Operations",
    operation_id: "listNodes",
    summary: "List the nodes",
    description:
      "The nodes that share the companies of this database, and what each has, as the answering node knows it: at most a " +
      "second old while it reaches the database. One process alone lists itself.",
    answer: NodesBody,
  }, () => {
    const data = placement.nodes().map(({ shards, ...node }) => ({ ...node, shards: [...shards] }));
    const owned = data.reduce((sum, { shards }) => sum + shards.length, 0);
    return Promise.resolve({ data, unowned_shards: SHARDS - owned });
  });
}
