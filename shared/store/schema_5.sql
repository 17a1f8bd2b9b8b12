-- From schema 4 to 5: what waits is found by its number. An op taken over from another computer is older in this database
-- than what has a lower number.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (n) WHERE state = 0;
