-- A replica: ops in the order this store learned them, and narrow projections that can be rebuilt from them.

CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID;

-- head: the last number given in the stream; digest: the sum of all its ids, 16 bytes.
CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL DEFAULT 0,
  digest BLOB NOT NULL DEFAULT x'00000000000000000000000000000000'
) STRICT;

CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- A segment begins when a process starts to write. Its token is random, so that a database file that was copied
-- back cannot repeat one; first_seq tells where a segment began to write a stream.
CREATE TABLE segment (id INTEGER PRIMARY KEY, token BLOB NOT NULL UNIQUE, started_ms INTEGER NOT NULL) STRICT;
CREATE TABLE segment_stream (
  stream INTEGER NOT NULL REFERENCES stream (id),
  segment INTEGER NOT NULL REFERENCES segment (id),
  first_seq INTEGER NOT NULL,
  PRIMARY KEY (stream, segment)
) STRICT, WITHOUT ROWID;

-- The tables that every op touches declare no foreign keys: verify() checks what they would.
CREATE TABLE record (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  record BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (stream, kind, record)
) STRICT;

-- The log. state 0: accepted, body is the op's canonical bytes; 1: a stub, body is the stub's;
-- 2: our own, refused by the school: a stub to everyone else, its content kept here for its author;
-- 3: the same, and the school keeps no stub of it: it links nothing.
CREATE TABLE op (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  record INTEGER NOT NULL,
  state INTEGER NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (stream, seq)
) STRICT;
CREATE INDEX op_record ON op (record);

-- Projection: which ops are heads, and of which fields (names joined by spaces).
CREATE TABLE head (
  record INTEGER NOT NULL,
  op INTEGER NOT NULL,
  names TEXT NOT NULL,
  PRIMARY KEY (record, op)
) STRICT, WITHOUT ROWID;

-- Projection: bases that are named but not here yet; the arrival of one recomputes the record's heads.
CREATE TABLE missing (base BLOB NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (base, record)) STRICT, WITHOUT ROWID;

-- What this replica wrote itself. n and c are given when the op is first offered to anyone, and never change while
-- the replica keeps its id. state 0: waiting; 1: at school; 2: refused.
CREATE TABLE outbox (
  op INTEGER PRIMARY KEY REFERENCES op (n),
  n INTEGER UNIQUE,
  c BLOB,
  state INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_waiting ON outbox (n) WHERE state = 0;

CREATE TABLE refusal (
  op BLOB PRIMARY KEY,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  dismissed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What this replica may read at a parent, and how far it has read there. parent: empty for the school's server, else the
-- hub's id, since one computer meets both. count and digest: of what was served under this cursor, our own ops included.
-- compared: since reading began at zero, the parent was asked for everything here that it did not serve, so that a
-- parent that lost something has it again. role: "ended " and the role that was, when the access ended: what was read
-- stays, in the holding area, and is shown again only under a new access.
CREATE TABLE reading (
  parent TEXT NOT NULL,
  stream INTEGER NOT NULL REFERENCES stream (id),
  access BLOB NOT NULL,
  role TEXT NOT NULL,
  feed BLOB NOT NULL,
  segment BLOB NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0,
  count INTEGER NOT NULL DEFAULT 0,
  digest BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  verified_ms INTEGER,
  compared INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (parent, stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_stream ON reading (stream);

-- The signatures under which a parent served: with them what it lost can be brought back to it by anybody, and
-- forged by nobody. items: 16 bytes for each line of the page, whose first half of the SHA-256 they are. hub: whose
-- signature it is, where a teacher wrote at a hub and the school had not served it yet; none: the school's.
CREATE TABLE seal (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES stream (id),
  items BLOB NOT NULL,
  signature BLOB NOT NULL,
  hub BLOB
) STRICT;
CREATE TABLE sealed (
  op INTEGER PRIMARY KEY REFERENCES op (n),
  seal INTEGER NOT NULL REFERENCES seal (id)
) STRICT;

-- As a parent: the last settled op of every replica that pushes here, moved in the same transaction as its data.
CREATE TABLE position (replica BLOB PRIMARY KEY, n INTEGER NOT NULL, c BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Files by the SHA-256 of their content, kept beside the database. state 0: to be sent; 1: at school; 2: the school
-- may have lost it and is to be asked. A row a stream that it was put into: who may read one of them may read the
-- file. touched_day: of the parent's own count of days, when it last came or was asked for.
CREATE TABLE file (
  hash BLOB NOT NULL,
  stream INTEGER NOT NULL REFERENCES stream (id),
  bytes INTEGER NOT NULL,
  mime TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  added_ms INTEGER NOT NULL,
  touched_day INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hash, stream)
) STRICT, WITHOUT ROWID;

-- Files on the disk that have no row, as after a restore, and the day on which that was first seen.
CREATE TABLE stray (hash BLOB PRIMARY KEY, found_day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
