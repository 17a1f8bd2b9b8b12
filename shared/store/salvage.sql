-- Reading a database that is no longer sound.

-- name: salvage_outbox
SELECT op FROM outbox NOT INDEXED ORDER BY op
-- name: salvage_outbox_back
SELECT op FROM outbox NOT INDEXED ORDER BY op DESC
-- name: salvage_ops
SELECT n, state, body FROM op NOT INDEXED ORDER BY n
-- name: salvage_ops_back
SELECT n, state, body FROM op NOT INDEXED ORDER BY n DESC
-- name: salvage_op
SELECT state, body FROM op NOT INDEXED WHERE n = ?
-- name: salvage_files
SELECT f.hash, f.bytes, f.mime, s.name FROM file f JOIN stream s ON s.id = f.stream
-- name: salvage_seals
SELECT s.name, seal.items, seal.signature, seal.hub FROM seal JOIN stream s ON s.id = seal.stream
