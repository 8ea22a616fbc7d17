/** On which node a company is active, and what nodes share. */

import type { CompanyId } from "../domain/types.ts";
import type { OwnedCompanies } from "./companies.ts";

/** The id of one run of one node. A node whose lease has ended gets another id, so an id never comes back. */
export type NodeId = string;

/**
 * Whether a node can have shards.
 *
 * - `reachable`: other nodes reach it over the bus.
 * - `suspect`: it fails to reach itself over the bus, or did until just now. It can have shards.
 * - `unreachable`: it fails for a while. It gives its shards to reachable nodes, if there are any.
 * - `draining`: it stops, and gives its shards to the others.
 */
export type NodeState = "reachable" | "suspect" | "unreachable" | "draining";

/** A node whose lease has not ended. */
export interface Node {
  readonly id: NodeId;
  /** A name for people, such as the host's. */
  readonly name: string;
  readonly state: NodeState;
  /** Whether its sources of time agree. While they do not it closes no day, and nodes with a certain clock get its shards. */
  readonly clock_is_certain: boolean;
}

/** The stored nodes, and the owner of each shard; undefined for a shard that nobody has. */
export interface LeaseView {
  readonly nodes: readonly Node[];
  readonly owners: readonly (NodeId | undefined)[];
}

/** One renewal. */
export interface Renewal {
  readonly node: NodeId;
  readonly state: NodeState;
  readonly clock_is_certain: boolean;
  readonly lease_ms: number;
  /** Shards that nobody has, for this node. */
  readonly claim: readonly number[];
  /** Shards of this node that have drained. */
  readonly release: readonly number[];
  /** Owners of shards that are no nodes any more: their shards are freed. */
  readonly gone: readonly NodeId[];
}

/** The stored leases. Rejects when the store cannot be reached. */
export interface LeaseStore {
  /** Adds a node without shards, as `suspect` and with an uncertain clock. Its id is new. */
  register(node: NodeId, name: string, lease_ms: number): Promise<void>;
  /** Renews a lease, claims and releases shards, and removes nodes whose lease has ended. @returns undefined if it had ended */
  renew(renewal: Renewal): Promise<LeaseView | undefined>;
  /** Removes a node that has released its shards. */
  leave(node: NodeId): Promise<void>;
}

/** A node, and the shards of companies that it has. */
export interface NodeStatus extends Node {
  /** Whether it is the node that answers. */
  readonly is_this: boolean;
  readonly shards: readonly number[];
}

/** Where companies are active: on this process alone, or on several nodes. */
export interface Placement {
  readonly companies: OwnedCompanies;
  /** Whether this node does the work that belongs to no company. One node does. */
  readonly leads: boolean;
  /** The shards whose due work is this node's; undefined: all. */
  readonly shards: readonly number[] | undefined;
  /** Totals since the start: commands sent to other nodes, and those that no node answered in time. */
  readonly counters: { readonly sent: number; readonly unanswered: number };
  /** Whether this node serves a company. */
  owns(company: CompanyId): boolean;
  /** The id of the node that has a company, as far as this node knows; undefined: none, or this process alone. */
  ownerOf(company: CompanyId): string | undefined;
  nodes(): readonly NodeStatus[];
  /** Takes part. Rejects when the store cannot be reached. */
  start(): Promise<void>;
  /**
   * Gives up what this node has. Never rejects.
   *
   * @param stay_ms how long a node goes on sending commands to the others, at least
   */
  stop(stay_ms?: number): Promise<void>;
}

/** Runs tasks one at a time for each key, on all nodes. */
export interface Exclusive {
  /**
   * Runs a task while no other task has one of its keys.
   *
   * @throws when the store cannot be reached or the keys are not free in time, and the task has not run; or the task's
   * own error
   */
  run<Result>(keys: ReadonlySet<string>, task: () => Promise<Result>): Promise<Result>;
}

/** Carries messages between nodes, without a promise: any may be lost. */
export interface Bus {
  /** Sends a message to all subscribers of a subject. Never throws. */
  publish(subject: string, message: Uint8Array): void;
  /** Receives the messages of a subject, until disposed. */
  subscribe(
    subject: string,
    onMessage: (message: Uint8Array, reply: (message: Uint8Array) => void) => void,
  ): Disposable;
  /**
   * Sends a message, and receives its replies until disposed; undefined when nobody subscribes to the subject.
   *
   * @throws {Error} when the message is larger than the bus takes
   */
  request(
    subject: string,
    message: Uint8Array,
    onReply: (reply: Uint8Array | undefined) => void,
  ): Disposable;
  /** Subscribes again to a subject, and to the replies to requests: a server may have forgotten them. */
  resubscribe(subject: string): void;
}
