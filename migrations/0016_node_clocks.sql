-- A node whose clock is uncertain closes no day, so nodes with a certain clock take its shards over.

-- Whether the clock of a node is certain. A node is registered as one that is not; its first renewal says what it is.
alter table nodes add column clock_is_certain boolean not null default false;
