/**
 * The npm packages that the service imports. `deno cache` downloads them for the layer of the image that stays until the
 * lock file changes. A test compares them with the imports of `main.ts`.
 */

import "@hono/zod-openapi";
import "@logtape/logtape";
import "@nats-io/transport-node";
import "csv-parse";
import "csv-stringify";
import "d3-scale";
import "d3-shape";
import "hono";
import "libphonenumber-js";
import "pg";
import "prom-client";
import "rate-limiter-flexible";
import "standardwebhooks";
import "zod";
