/** Runs the command of an image as an engine does: alone in its process numbers, on read-only files, unprivileged. */

import { join } from "node:path";
import { type Image, withEnvironment } from "./build.ts";

/** What a container gets from outside. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  /** The folder that is mounted at {@link SECRETS}. */
  readonly secrets_folder: string;
}

/** Where a container finds its secrets. */
export const SECRETS = "/run/secrets";

/** A running container. */
export class Container {
  readonly #image: Image;
  readonly #env: Readonly<Record<string, string>>;
  readonly #child: Deno.ChildProcess;

  private constructor(image: Image, env: Readonly<Record<string, string>>, child: Deno.ChildProcess) {
    this.#image = image;
    this.#env = env;
    this.#child = child;
  }

  /** Starts the image's command. Its output is that of this process. */
  static start(image: Image, { env, secrets_folder }: Surroundings): Container {
    const all = { ...image.env, ...env };
    const { root } = image;
    const script = [
      "set -e",
      `mount --bind ${root} ${root}`,
      `mkdir -p ${root}${SECRETS}`,
      `mount --bind ${secrets_folder} ${root}${SECRETS}`,
      `mount -t proc proc ${root}/proc`,
      `mount -o remount,ro,bind ${root}`,
      `exec ${[...enter(image, all), ...image.command].map(quoted).join(" ")}`,
    ].join("\n");
    const child = new Deno.Command("unshare", {
      args: ["--mount", "--pid", "--fork", "sh", "-c", script],
      stdin: "null",
    }).spawn();
    return new Container(image, all, child);
  }

  /** Settles when the container has ended. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Runs the image's health check once. */
  async isHealthy(): Promise<boolean> {
    const [program, ...args] = [...enter(this.#image, this.#env), ...this.#image.health_command];
    return (await new Deno.Command(program!, { args, stdout: "null", stderr: "null" }).output()).success;
  }

  /** Returns the number outside the container of its first process, with its status in `/proc`. */
  async firstProcess(): Promise<{ readonly pid: number; readonly status: string }> {
    const own = this.#child.pid;
    const [pid] = (await Deno.readTextFile(`/proc/${own}/task/${own}/children`)).split(" ");
    return { pid: Number(pid), status: await Deno.readTextFile(`/proc/${pid}/status`) };
  }

  /** Kills what still runs: the others of a process number space end with its first process. */
  async kill(): Promise<void> {
    const first = await this.firstProcess().catch(() => undefined);
    for (const pid of [first?.pid, this.#child.pid]) {
      try {
        if (pid) Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await this.status;
  }
}

/** Returns the command that runs another in the image, as its user and in its folder. */
function enter({ root, user, working_folder }: Image, env: Readonly<Record<string, string>>): string[] {
  const in_folder = ["sh", "-c", `cd ${working_folder} && exec "$@"`, "sh"];
  return ["chroot", `--userspec=${user}`, "--groups=", join(root), ...withEnvironment(env), ...in_folder];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
