-- From schema 2 to 3: what the collection of files goes by.
ALTER TABLE file ADD COLUMN touched_day INTEGER NOT NULL DEFAULT 0;
CREATE TABLE stray (hash BLOB PRIMARY KEY, found_day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
