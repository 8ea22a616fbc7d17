/** Runs the steps of the Dockerfile in a Debian root, as an engine does to build the image. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Instruction } from "../deployment_files.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a container of the image runs. */
export interface Image {
  /** The folder with its files. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly working_folder: string;
  /** `uid:gid`. */
  readonly user: string;
  readonly command: readonly string[];
  readonly health_command: readonly string[];
}

/**
 * Runs the instructions. `COPY --from` copies the running Deno, which is the program of the image that the Dockerfile
 * names.
 *
 * @param report receives each instruction before it runs
 * @throws {Error} when a step fails, with its output
 */
export async function buildImage(
  root: string,
  instructions: readonly Instruction[],
  report: (step: string) => void,
): Promise<Image> {
  const image = { root, env: {} as Record<string, string>, working_folder: "/", user: "0:0" };
  let command: string[] = [];
  let health_command: string[] = [];
  for (const { keyword, flags, text } of instructions) {
    report([keyword, ...flags, text].join(" "));
    if (keyword === "ENV") { for (const [name, value] of assignments(text)) image.env[name] = value; }
    else if (keyword === "WORKDIR") {
      await Deno.mkdir(join(root, image.working_folder = text), { recursive: true });
    } else if (keyword === "USER") image.user = text;
    else if (keyword === "CMD") command = JSON.parse(text);
    else if (keyword === "HEALTHCHECK") health_command = JSON.parse(text.replace(/^CMD /, ""));
    else if (keyword === "COPY") await copy(image, flags, text.split(" "));
    else if (keyword === "RUN") await runIn(image, text);
    else if (keyword !== "FROM" && keyword !== "EXPOSE") throw new Error(`${keyword} is not understood`);
  }
  return { ...image, command, health_command };
}

/** Creates a Debian root, unless it exists. */
export async function debianRoot(root: string, suite: string): Promise<void> {
  if (await Deno.stat(join(root, "usr")).then(() => true, () => false)) return;
  await Deno.mkdir(root, { recursive: true });
  await run("debootstrap", ["--variant=minbase", suite, root]);
}

function assignments(text: string): (readonly [string, string])[] {
  return text.split(" ").map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]);
}

async function copy(
  { root, working_folder }: Pick<Image, "root" | "working_folder">,
  flags: readonly string[],
  paths: readonly string[],
): Promise<void> {
  const to = paths.at(-1)!;
  const target = to.startsWith("/") ? join(root, to) : join(root, working_folder, to);
  if (flags.some((flag) => flag.startsWith("--from="))) return await Deno.copyFile(Deno.execPath(), target);
  for (const path of paths.slice(0, -1)) {
    const source = join(PROJECT, path);
    // A folder's content is copied, and a file into a folder keeps its name.
    const is_folder = (await Deno.stat(source)).isDirectory;
    await Deno.mkdir(to.endsWith("/") || is_folder ? target : dirname(target), { recursive: true });
    await run("cp", ["--recursive", is_folder ? `${source}/.` : source, target]);
  }
}

async function runIn(image: Pick<Image, "root" | "working_folder" | "env">, script: string): Promise<void> {
  await Deno.copyFile("/etc/resolv.conf", join(image.root, "etc/resolv.conf"));
  const in_folder = `cd ${image.working_folder} && ${script}`;
  const env = { ...image.env, ...await certificates(image.root) };
  // Deno finds itself in /proc, which an engine mounts.
  const mounted = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"';
  const command = [...withEnvironment(env), "sh", "-c", in_folder];
  await run("unshare", ["--mount", "--pid", "--fork", "sh", "-c", mounted, image.root, ...command]);
}

/** Passes on the certificates of a machine whose network has an authority of its own. */
async function certificates(root: string): Promise<Record<string, string>> {
  const path = Deno.env.get("SSL_CERT_FILE");
  if (!path) return {};
  await Deno.copyFile(path, join(root, "tmp/authorities.pem"));
  return { DENO_CERT: "/tmp/authorities.pem" };
}

/** Returns the command that runs another with these variables only. */
export function withEnvironment(env: Readonly<Record<string, string>>): string[] {
  const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return [
    "/usr/bin/env",
    "-i",
    ...Object.entries({ PATH: path, ...env }).map(([name, value]) => `${name}=${value}`),
  ];
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${text(stdout)}${text(stderr)}`);
}
