/** The code blocks of the documents. */

import { filesBelow, readSource } from "../support/source_files.ts";

/** A fenced block of a document. */
export interface Block {
  readonly document: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  /** The language of the fence; empty if it names none. */
  readonly language: string;
  /** The text between the fences, without the indent of a list. */
  readonly code: string;
  /** The text that leads to the block: the three lines before it. */
  readonly lead: string;
  /** The name of the file that this text says to save the block as. */
  readonly file: string | undefined;
}

/** Lists the documents of the project, as paths from its root. */
export async function documents(): Promise<string[]> {
  const found = ["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"];
  for (const folder of ["client", "deploy", "docs", "src", "tools"]) {
    for await (const path of filesBelow(folder, /\.md$/)) found.push(path);
  }
  return found.sort();
}

/** Reads the blocks of a document, in their order. */
export async function blocksOf(document: string): Promise<Block[]> {
  const blocks: Block[] = [];
  const lines = (await readSource(document)).split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, indent, language] = lines[at]!.match(/^( *)```(\w*)$/) ?? [];
    if (indent === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    if (end === -1) throw new Error(`${placeOf({ document, line: at + 1 })}: the fence is not closed`);
    const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length)).join("\n");
    const lead = lines.slice(Math.max(0, at - 3), at).join(" ");
    const file = lead.match(/`([\w-]+\.m?[jt]s)`[^`]*:\s*$/)?.[1];
    blocks.push({ document, line: at + 1, language: language!, code, lead, file });
    at = end;
  }
  return blocks;
}

/** Returns where a block is, for a message. */
export function placeOf({ document, line }: Pick<Block, "document" | "line">): string {
  return `${document}:${line}`;
}
