/** A bill of materials, in the form that `cyclonedx/main.ts` reads. */
export interface BillOfMaterials {
  /** An RFC 3339 instant. */
  readonly created_at: string;
  /** A URN of a UUID. */
  readonly serial_number: string;
  readonly root: Part;
  readonly parts: readonly Part[];
}

/** A part: a package, the runtime, or the project itself. */
export interface Part {
  readonly id: string;
  readonly type: "application" | "library" | "platform";
  readonly name: string;
  readonly version: string;
  /** An SPDX id, or a name. */
  readonly licence: string;
  /** The hash of a published package. Undefined: it is no package. */
  readonly integrity?: string;
  /** `required` in production, `optional` there on some systems, `excluded`: build and tests only. */
  readonly scope?: "required" | "optional" | "excluded";
  /** The ids of the parts that it needs. */
  readonly needs: readonly string[];
}
