-- What a hub carries to its school, and the school's answers on their way back; and, at the school, its hubs.

-- A batch as its author signed it. n: the order of arrival. The last op's number and chain tell which earlier batch it
-- covers. Once the school has answered it, it is kept for a while: a school that loses its disk is brought it again.
CREATE TABLE IF NOT EXISTS carried (
  n INTEGER PRIMARY KEY,
  replica BLOB NOT NULL,
  round INTEGER NOT NULL,
  person BLOB NOT NULL,
  before_n INTEGER NOT NULL,
  end_n INTEGER NOT NULL,
  end_c BLOB NOT NULL,
  body BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  answered_ms INTEGER,
  problem TEXT,                      -- why the school did not take it in, when it was last tried; answered too: it has letters
  tried_ms INTEGER,                  -- none where it is answered: it did not go on where the school's copy ends, and asks nothing
  UNIQUE (replica, round, end_n, end_c)  -- a disk that was put back counts its rounds anew
) STRICT;
CREATE INDEX IF NOT EXISTS carried_replica ON carried (replica, end_n);
CREATE INDEX IF NOT EXISTS carried_person ON carried (person, replica, before_n, end_n) WHERE answered_ms IS NULL;

-- The school's acknowledgement of one batch, until its device has it. at_n: how far it says the school is.
CREATE TABLE IF NOT EXISTS answer (
  replica BLOB NOT NULL,
  round INTEGER NOT NULL,
  end_n INTEGER NOT NULL,
  at_n INTEGER NOT NULL,
  body TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (replica, round)
) STRICT, WITHOUT ROWID;

-- Since which counted day a parcel, a bundle, a stick or an answer to one lies in its folder. written: when the disk says
-- it was written, by whatever clock, which tells another file of the same name.
CREATE TABLE IF NOT EXISTS kept_file (
  name TEXT PRIMARY KEY,  -- below the data folder
  written INTEGER NOT NULL,
  day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- At the school.
CREATE TABLE IF NOT EXISTS hub (
  id BLOB PRIMARY KEY REFERENCES person (id),
  addresses TEXT NOT NULL DEFAULT '',  -- where computers in the room reach it, a line each
  carrying INTEGER NOT NULL DEFAULT 0,
  heard_ms INTEGER
) STRICT, WITHOUT ROWID;
