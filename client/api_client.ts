import type { Client } from "openapi-fetch";
import type { paths } from "./openapi.ts";

/** Calls the API by path: `GET`, `PUT`, `POST` and `DELETE` of `openapi-fetch`. */
export type ApiClient = Client<paths, "application/json" | "application/problem+json">;
