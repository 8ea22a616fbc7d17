import type { Language } from "../../domain/receipt.ts";
import { en } from "./en.ts";
import { pt, type Strings } from "./pt.ts";

export type { Strings };

/** The texts of the page, by language. */
export const STRINGS: Readonly<Record<Language, Strings>> = { "pt-BR": pt, en };
