/** Faults of exhausted resources: a full disk, open files, memory held by unread answers, and a small heap. */

import { openFilesIn } from "../../src/config/open_files.ts";
import { type ChaosEnvironment, runAsSuperuser } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { IdleConnections } from "./idle_connections.ts";
import { UnreadStreams } from "./unread_streams.ts";
import { residentBytes } from "../resident_memory.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The limit of open files of a service; it leaves 768 connections. */
const OPEN_FILES = 1_024;
const IDLE_CONNECTIONS = 3_000;
/** Open files that this process needs beside its idle connections. */
const OWN_FILES = 500;

/** Connections with the streams of each: few with more than the service accepts, and many with as many as it accepts. */
const UNREAD = [{ connections: 10, streams_each: 190 }, { connections: 475, streams_each: 4 }] as const;
const UNREAD_STREAMS = UNREAD.reduce(
  (sum, { connections, streams_each }) => sum + connections * streams_each,
  0,
);
/** The heap of a service whose answers are not read, in MB. */
const UNREAD_HEAP_MB = 500;
/** The most resident memory of that service: its heap, the young generation, the program, and as much again as buffers. */
const RESIDENT_MB_MAX = 1_000;

/** A heap with little room beside the program, in MB. */
const SMALL_HEAP_MB = 96;
const NEW_PEOPLE = 8_000;
const PEOPLE_EACH = 100;
/** A person who wrote once takes two items: the contact and the message. */
const ITEMS_OF_PERSON = 2;
const SENDERS = 20;
const FLOOD_WITHIN_MS = 180_000;

const DURABLE_MEANWHILE = 40;
const DURABLE_WITHIN_MS = 60_000;
const MB = 1024 * 1024;

/** Resources used up, most of them by clients. */
export const EXHAUSTIONS: readonly Fault[] = [
  {
    name: "disk_full",
    description: "the disk of Postgres full, and free again",
    environment: "small_disk",
    async inject(environment, random, load) {
      const { postgres, disk } = environment.settings;
      const before = load.answers.unavailable + load.answers.none;
      await disk!.fill();
      // The log has spare segments: switching uses them up, until Postgres must create one.
      while (load.answers.unavailable + load.answers.none < before + 5) {
        await runAsSuperuser(postgres!, ["select pg_switch_wal()"]).catch(() => {});
        await disk!.fill();
        await sleep(20);
      }
      await sleep(random.between(0, 500));
      await disk!.free();
    },
  },
  {
    name: "open_files",
    description: `${IDLE_CONNECTIONS.toLocaleString("en")} idle connections to a service that may open ${
      OPEN_FILES.toLocaleString("en")
    } files`,
    environment: "embedded",
    unavailable: whyNoOpenFiles,
    process: () => ({ open_files: OPEN_FILES }),
    async inject({ service }, random, load) {
      await using connections = await IdleConnections.open(service.url, IDLE_CONNECTIONS, random);
      await load.waitForDurable(DURABLE_MEANWHILE, DURABLE_WITHIN_MS);
      await sleep(random.between(0, 1_000));
      if (connections.open >= OPEN_FILES) {
        throw new Error(`${connections.open} connections are open, and ${OPEN_FILES} files may be`);
      }
    },
  },
  {
    name: "unread_streams",
    description: `${UNREAD_STREAMS.toLocaleString("en")} large answers over HTTP/2 asked for and never read`,
    environment: "postgres",
    unavailable: whyNoResidentMemory,
    process: () => ({ env: heapOf(UNREAD_HEAP_MB) }),
    async inject({ service }, random, load) {
      const paths = ["/docs/scalar.js", "/openapi.json", "/docs"];
      await using streams = await UnreadStreams.open(service.url, paths, UNREAD);
      await load.waitForDurable(DURABLE_MEANWHILE, DURABLE_WITHIN_MS);
      await sleep(random.between(500, 2_000));
      const resident_mb = Math.round(residentBytes(service.pid)! / MB);
      if (streams.answered + streams.ended === 0) {
        throw new Error("the streams were neither answered nor closed");
      }
      if (resident_mb > RESIDENT_MB_MAX) {
        throw new Error(
          `resident memory is ${resident_mb} MB with unread answers, more than ${RESIDENT_MB_MAX} MB`,
        );
      }
    },
  },
  {
    name: "memory_pressure",
    description: `webhooks of ${
      NEW_PEOPLE.toLocaleString("en")
    } new people to a service with a heap of ${SMALL_HEAP_MB} MB`,
    environment: "postgres",
    process: () => ({ env: heapOf(SMALL_HEAP_MB) }),
    async inject(environment, _random, load) {
      await load.flood(NEW_PEOPLE / PEOPLE_EACH, PEOPLE_EACH, SENDERS, FLOOD_WITHIN_MS);
      const items = await itemsInMemory(environment);
      if (items >= NEW_PEOPLE * ITEMS_OF_PERSON) {
        throw new Error(`${items} items are in memory: none was evicted`);
      }
    },
  },
];

function heapOf(megabytes: number): Record<string, string> {
  return { DENO_V8_FLAGS: `--max-old-space-size=${megabytes}` };
}

async function itemsInMemory({ service }: ChaosEnvironment): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(text.match(/^poli_items_in_memory (\S+)/m)![1]);
}

async function whyNoOpenFiles(): Promise<string | undefined> {
  try {
    await new Deno.Command("prlimit", { args: ["--version"], stdout: "null", stderr: "null" }).output();
    const own = openFilesIn(await Deno.readTextFile("/proc/self/limits")) ?? 0;
    const needed = IDLE_CONNECTIONS + OWN_FILES;
    return own >= needed
      ? undefined
      : `this process may open ${own} files; raise it to ${needed} (ulimit -n)`;
  } catch {
    return "there is no program prlimit; install it with apt-get install util-linux";
  }
}

function whyNoResidentMemory(): Promise<string | undefined> {
  const is_known = residentBytes(Deno.pid) !== undefined;
  return Promise.resolve(is_known ? undefined : "resident memory cannot be read: there is no /proc");
}
