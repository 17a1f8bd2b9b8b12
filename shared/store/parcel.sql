-- Files on their way through a hub: in which parcel, and the round by which the school's answer is known. asks: the parcel
-- has not the file, and only asks for it. Made where it is lacking: a program that does not know it sends the files itself.
CREATE TABLE IF NOT EXISTS parcel (
  hub TEXT NOT NULL,
  stream TEXT NOT NULL,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  round INTEGER NOT NULL,
  asks INTEGER NOT NULL,
  PRIMARY KEY (hub, stream, hash)
) STRICT, WITHOUT ROWID;
