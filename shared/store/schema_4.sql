-- From schema 3 to 4: a computer reads at its school's server and at hubs.
ALTER TABLE reading RENAME TO reading_3;
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
INSERT INTO reading SELECT '', stream, access, role, feed, segment, seq, count, digest, verified_ms, compared FROM reading_3;
DROP TABLE reading_3;
