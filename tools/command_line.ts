/** The command line of every tool: options, `--help`, and the exit code 2 for a command line that does not fit. */

import { parseArgs, type ParseArgsConfig } from "node:util";

/** The exit code for a command line that does not fit. */
export const USAGE_ERROR = 2;

/** Options by name, in the form of `node:util`. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** Parsed options of a tool. */
export type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T }>
>["values"];

/** A command line that a tool cannot run with. The message is one line that names the option and the remedy. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** A tool as {@link runTool} runs it. */
export interface Tool<T extends Options> {
  /** The text that `--help` prints. */
  readonly usage: string;
  /** All options but `--help`. */
  readonly options: T;
  /** Runs the tool and returns its exit code. */
  run(values: Values<T>): Promise<number>;
}

/**
 * Runs a tool. `--help` prints the usage; an option that does not fit prints one line on stderr.
 *
 * @returns the exit code: that of the tool, 0 after `--help`, 2 when the command line does not fit
 */
export async function runTool<T extends Options>(
  { usage, options, run }: Tool<T>,
  args: readonly string[],
): Promise<number> {
  try {
    const values = parseOptions(args, options);
    if (values === undefined) {
      console.log(usage);
      return 0;
    }
    return await run(values);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return USAGE_ERROR;
  }
}

/**
 * Parses options.
 *
 * @returns undefined when the arguments include `--help` or `-h`
 * @throws {UsageError} on an unknown option, a missing value or a positional argument
 */
export function parseOptions<T extends Options>(args: readonly string[], options: T): Values<T> | undefined {
  if (args.includes("--help") || args.includes("-h")) return undefined;
  try {
    return parseArgs({ args: [...args], options }).values as Values<T>;
  } catch (error) {
    const [reason] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${reason!.replace(/\.$/, "")}. Run it with --help to list the options.`);
  }
}

/**
 * Reads an option that is a number greater than 0.
 *
 * @throws {UsageError} when the text is no such number
 */
export function positiveNumber(name: string, text: string | undefined, otherwise: number): number {
  const number = Number(text ?? otherwise);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new UsageError(`--${name} must be a number greater than 0, not "${text}".`);
}

/**
 * Reads an option that is a number of at least `least`.
 *
 * @throws {UsageError} when the text is no such number
 */
export function numberAtLeast(name: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number >= least) return number;
  throw new UsageError(`--${name} must be a number of at least ${least}, not "${text}".`);
}
