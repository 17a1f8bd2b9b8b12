-- Who is who at this school: people, classes, cards, computers, devices, sessions. In the replica's own database, so
-- that a join and what follows from it are one transaction.

CREATE TABLE IF NOT EXISTS person (
  id BLOB PRIMARY KEY,
  role TEXT NOT NULL,                -- student, teacher, admin
  given TEXT NOT NULL,
  family TEXT NOT NULL,
  email TEXT UNIQUE,                 -- staff only: the sign-in name
  source TEXT UNIQUE,                -- the roster's own id of the person
  password TEXT,                     -- staff: Argon2id
  pin TEXT,                          -- students: Argon2id, set at the first use of a card
  pin_kind TEXT,                     -- digits, pictures
  active INTEGER NOT NULL DEFAULT 1,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS class (
  id BLOB PRIMARY KEY,
  title TEXT NOT NULL,
  source TEXT UNIQUE,
  active INTEGER NOT NULL DEFAULT 1,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS enrollment (
  class BLOB NOT NULL REFERENCES class (id),
  person BLOB NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  -- The roster's own id of it, several one a line; none: added by hand, and no import ends it.
  source TEXT,
  PRIMARY KEY (class, person)
) STRICT, WITHOUT ROWID;

-- One access of a person to a stream for as long as any reason for it holds. A new one has a new id.
CREATE TABLE IF NOT EXISTS access (
  person BLOB NOT NULL REFERENCES person (id),
  stream TEXT NOT NULL,
  id BLOB NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (person, stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS access_by_stream ON access (stream);

CREATE TABLE IF NOT EXISTS card (
  code TEXT PRIMARY KEY,             -- eight Crockford characters
  person BLOB NOT NULL REFERENCES person (id),
  created_ms INTEGER NOT NULL,
  voided_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS card_person ON card (person);

CREATE TABLE IF NOT EXISTS computer_code (
  id TEXT PRIMARY KEY,               -- what may be told: eight digits of the code's hash
  code TEXT NOT NULL,                -- sixteen Crockford characters
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  used_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS computer (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  token BLOB NOT NULL UNIQUE,        -- SHA-256 of the token
  joined_ms INTEGER NOT NULL,
  heard_ms INTEGER,
  removed_ms INTEGER
) STRICT, WITHOUT ROWID;

-- A profile of a person on a computer.
CREATE TABLE IF NOT EXISTS device (
  token BLOB PRIMARY KEY,            -- SHA-256 of the token
  person BLOB NOT NULL REFERENCES person (id),
  computer BLOB NOT NULL REFERENCES computer (id),
  key BLOB NOT NULL,                 -- Ed25519, the device's
  joined_ms INTEGER NOT NULL,
  heard_ms INTEGER,
  waiting INTEGER NOT NULL DEFAULT 0,
  removed_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS device_person ON device (person);

-- When other hands last brought something new of a device, by its key, and whose. The same batch may come again at any
-- time and says nothing new then: `round` is the newest of the replica that came.
CREATE TABLE IF NOT EXISTS brought (
  key BLOB NOT NULL,
  replica BLOB NOT NULL,
  round INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,            -- when the school had it, not when it was written
  carrier TEXT NOT NULL,             -- computer, hub, stick
  PRIMARY KEY (key, replica)
) STRICT, WITHOUT ROWID;

-- Who came back with a certificate after a restore and was not known: an administrator confirms them.
CREATE TABLE IF NOT EXISTS newcomer (
  person BLOB PRIMARY KEY REFERENCES person (id),
  certificate TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  confirmed_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS session (
  token BLOB PRIMARY KEY,
  person BLOB NOT NULL REFERENCES person (id),
  csrf TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Wrong tries, by what was tried: they slow down, they never lock a class out.
CREATE TABLE IF NOT EXISTS tries (key TEXT PRIMARY KEY, count INTEGER NOT NULL, last_ms INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS audit (
  n INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  person BLOB,
  action TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT;

-- Work that was refused without a trace in any stream: an adult reads and settles it.
CREATE TABLE IF NOT EXISTS dead_letter (
  n INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  person BLOB NOT NULL,
  body BLOB NOT NULL UNIQUE,
  code TEXT NOT NULL,
  settled_ms INTEGER
) STRICT;

-- Counted and listed without their bodies.
CREATE INDEX IF NOT EXISTS dead_letter_waiting ON dead_letter (person, at_ms, settled_ms) WHERE settled_ms IS NULL;
CREATE INDEX IF NOT EXISTS dead_letter_done ON dead_letter (settled_ms, person) WHERE settled_ms IS NOT NULL;

-- Of what a hub brought, in the name of who wrote it there: which hub.
CREATE TABLE IF NOT EXISTS dead_letter_brought (
  n INTEGER PRIMARY KEY REFERENCES dead_letter (n),
  hub BLOB NOT NULL
) STRICT;

-- What an adult decided: taken_in, handed_back, set_aside. The letter stays.
CREATE TABLE IF NOT EXISTS dead_letter_settled (
  n INTEGER PRIMARY KEY REFERENCES dead_letter (n),
  by BLOB NOT NULL,
  how TEXT NOT NULL
) STRICT;
