/**
 * Runs a script that has packages and a lock file of its own: Deno downloads every package of a lock file at the first
 * start, and the service needs none of these. The folder has `main.ts`, `config.json` and `packages.lock`.
 */

/**
 * Runs the script of a folder.
 *
 * @param command `run` with the permissions of the script, or `cache`
 * @param input the script's standard input
 * @param arguments_ the script's arguments
 * @returns its standard output
 * @throws {Error} with its standard error when it fails
 */
export async function runWithOwnPackages(
  folder: string,
  command: readonly string[],
  input: string,
  arguments_: readonly string[] = [],
): Promise<string> {
  const args = [...command, "--quiet", "--config", `${folder}config.json`, `${folder}main.ts`, ...arguments_];
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, ...pipes }).spawn();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
