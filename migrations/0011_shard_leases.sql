-- Leases of shards of companies, for several nodes on one database. One node alone uses neither table.

-- A node whose lease has not ended, by the clock of this server. A node renews its row each second. A row that has ended
-- is removed by any other node, and never renewed: the node comes back under another id.
create table nodes (
  -- Chosen at random for each run.
  node        text collate "C" primary key,
  name        text not null,
  state       text not null check (state in ('reachable', 'suspect', 'unreachable', 'draining')),
  started_at  timestamptz not null,
  expires_at  timestamptz not null
);

-- The node of each shard. A shard without a row has none.
create table shard_leases (
  shard  smallint primary key check (shard between 0 and 255),
  node   text collate "C" not null
);
