-- From schema 5 to 6: whose seal it is, 112 bytes of id, key and the school's signature of both; none: the school's. A hub
-- signs what was written at it.
ALTER TABLE seal ADD COLUMN hub BLOB;
