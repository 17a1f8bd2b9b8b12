-- Every statement of the replica, by name.

-- name: meta_get
SELECT value FROM meta WHERE key = ?
-- name: meta_set
INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value
-- name: meta_erased
SELECT EXISTS (SELECT 1 FROM meta WHERE key >= 'erased ' AND key < 'erased!')
-- name: log_end
SELECT coalesce(max(n), 0) FROM op

-- name: stream_find
SELECT id FROM stream WHERE name = ?
-- name: stream_shown
SELECT id FROM stream s WHERE name = ? AND (NOT EXISTS
  (SELECT 1 FROM reading r WHERE r.stream = s.id AND r.role IN ('ended member', 'ended staff'))
  OR EXISTS (SELECT 1 FROM reading r WHERE r.stream = s.id AND r.role NOT LIKE 'ended %'))
-- name: stream_add
INSERT INTO stream (name) VALUES (?) RETURNING id
-- name: stream_all
SELECT name FROM stream ORDER BY name
-- name: stream_state_get
SELECT head, digest FROM stream WHERE name = ?
-- name: stream_end
SELECT head, digest FROM stream WHERE id = ?
-- name: stream_advance
UPDATE stream SET head = ?, digest = ? WHERE id = ?
-- name: kind_find
SELECT id FROM kind WHERE name = ?
-- name: kind_add
INSERT INTO kind (name) VALUES (?) RETURNING id

-- name: segment_last
SELECT token FROM segment ORDER BY id DESC LIMIT 1
-- name: segment_add
INSERT INTO segment (token, started_ms) VALUES (?, ?) RETURNING id
-- name: segment_stream_add
INSERT OR IGNORE INTO segment_stream (stream, segment, first_seq) VALUES (?, ?, ?)
-- name: segment_find
SELECT id FROM segment WHERE token = ?
-- name: segment_rewrote
SELECT 1 FROM segment_stream WHERE stream = ? AND segment > ? AND first_seq <= ? LIMIT 1

-- name: record_find
SELECT id, created_ms FROM record WHERE stream = ? AND kind = ? AND record = ?
-- name: record_add
INSERT INTO record (stream, kind, record, created_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
-- name: record_earlier
UPDATE record SET created_ms = ?1 WHERE id = ?2 AND created_ms > ?1
-- name: record_list
SELECT r.id, r.record, r.created_ms, h.names, op.id, op.body FROM record r
JOIN head h ON h.record = r.id JOIN op ON op.n = h.op
WHERE r.stream = ? AND r.kind = ? ORDER BY r.id
-- name: record_list_everywhere
SELECT r.id, r.record, r.created_ms, h.names, op.id, op.body, s.name FROM record r JOIN stream s ON s.id = r.stream
JOIN head h ON h.record = r.id JOIN op ON op.n = h.op
WHERE r.kind = ? AND s.name >= ? AND s.name < ? ORDER BY r.id
-- name: record_all
SELECT id FROM record ORDER BY id

-- name: op_find
SELECT n, state, body, record, stream, seq FROM op WHERE id = ?
-- name: op_add
INSERT INTO op (id, stream, seq, record, state, body) VALUES (?, ?, ?, ?, ?, ?)
-- name: op_become
UPDATE op SET state = ?, body = ? WHERE n = ?
-- name: op_refused_of
SELECT n, record FROM op WHERE stream = ? AND state = 2 LIMIT 1
-- name: op_state_set
UPDATE op SET state = ? WHERE n = ?
-- name: op_stream
SELECT stream.name FROM op JOIN stream ON stream.id = op.stream WHERE op.id = ?
-- name: op_at
SELECT id, record, state FROM op WHERE n = ?
-- name: op_of_record
SELECT n, id, state, body FROM op WHERE record = ? ORDER BY n
-- name: op_page
SELECT seq, id, state, body FROM op WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?
-- name: op_all
SELECT op.id, op.state, op.body, stream.name, op.seq FROM op JOIN stream ON stream.id = op.stream ORDER BY op.stream, op.seq

-- name: op_homeless
SELECT id FROM op WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.id = op.record AND record.stream = op.stream)
OR NOT EXISTS (SELECT 1 FROM stream WHERE stream.id = op.stream) LIMIT 1

-- name: head_of_record
SELECT h.names, op.id, op.body FROM head h JOIN op ON op.n = h.op WHERE h.record = ?
-- name: head_ids
SELECT h.op, h.names, op.id FROM head h JOIN op ON op.n = h.op WHERE h.record = ?
-- name: head_add
INSERT INTO head (record, op, names) VALUES (?, ?, ?)
-- name: head_set
UPDATE head SET names = ? WHERE record = ? AND op = ?
-- name: head_remove
DELETE FROM head WHERE record = ? AND op = ?
-- name: head_clear
DELETE FROM head WHERE record = ?

-- name: missing_any
SELECT EXISTS (SELECT 1 FROM missing)
-- name: missing_find
SELECT record FROM missing WHERE base = ? LIMIT 1
-- name: missing_add
INSERT OR IGNORE INTO missing (base, record) VALUES (?, ?)
-- name: missing_remove
DELETE FROM missing WHERE base = ?

-- name: outbox_add
INSERT INTO outbox (op) VALUES (?)
-- name: outbox_adopt
INSERT INTO outbox (op) SELECT n FROM op WHERE id = ? AND state = 0 AND n NOT IN (SELECT op FROM outbox)
-- name: outbox_waiting_count
SELECT count(*) FROM outbox WHERE state = 0
-- name: outbox_waiting_after
SELECT count(*) FROM outbox WHERE state = 0 AND (n IS NULL OR n > ?)
-- name: outbox_waiting_ids
SELECT op.id FROM outbox JOIN op ON op.n = outbox.op WHERE outbox.state = 0 ORDER BY outbox.op LIMIT ?
-- name: outbox_unnumbered
SELECT outbox.op, op.id FROM outbox JOIN op ON op.n = outbox.op WHERE outbox.n IS NULL ORDER BY outbox.op LIMIT ?
-- name: outbox_number
UPDATE outbox SET n = ?, c = ? WHERE op = ?
-- name: outbox_first_waiting
SELECT n FROM outbox WHERE state = 0 AND n IS NOT NULL ORDER BY n LIMIT 1
-- name: outbox_last
SELECT n, c FROM outbox WHERE n IS NOT NULL ORDER BY n DESC LIMIT 1
-- name: outbox_at
SELECT c FROM outbox WHERE n = ?
-- name: outbox_from
SELECT outbox.n, op.id, op.body FROM outbox JOIN op ON op.n = outbox.op WHERE outbox.n >= ? ORDER BY outbox.n LIMIT ?
-- name: outbox_op
SELECT op.id FROM outbox JOIN op ON op.n = outbox.op WHERE outbox.n = ?
-- name: outbox_settle
UPDATE outbox SET state = ? WHERE n = ? RETURNING op
-- name: outbox_served
SELECT 1 FROM outbox JOIN op ON op.n = outbox.op LEFT JOIN sealed ON sealed.op = op.n
  WHERE outbox.n = ? AND op.state = 0 AND (outbox.state = 1 OR sealed.op IS NOT NULL)
-- name: outbox_unsettle
UPDATE outbox SET state = 0 WHERE n > ? AND state <> 0
-- name: outbox_renumber
UPDATE outbox SET n = NULL, c = NULL, state = 0
-- name: outbox_has
SELECT state FROM outbox WHERE op = ?

-- name: refusal_add
INSERT INTO refusal (op, code, sentence, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT (op) DO NOTHING
-- name: refusal_remove
DELETE FROM refusal WHERE op = ?
-- name: refusal_list
SELECT refusal.op, code, sentence, at_ms, op.body FROM refusal LEFT JOIN op ON op.id = refusal.op WHERE dismissed = 0 ORDER BY at_ms
-- name: refusal_dismiss
UPDATE refusal SET dismissed = 1 WHERE op = ?

-- name: reading_list
SELECT s.name, r.access, r.role, r.feed, r.segment, r.seq, r.count, r.digest, r.compared FROM reading r JOIN stream s ON s.id = r.stream
WHERE r.parent = ? AND r.role NOT LIKE 'ended %' ORDER BY s.name
-- name: reading_one
SELECT s.name, r.access, r.role, r.feed, r.segment, r.seq, r.count, r.digest, r.compared FROM stream s JOIN reading r ON r.stream = s.id
WHERE s.name = ? AND r.parent = ? AND r.role NOT LIKE 'ended %'
-- name: reading_find
SELECT access FROM reading WHERE parent = ? AND stream = ?
-- name: reading_set
INSERT INTO reading (parent, stream, access, role, feed, segment) VALUES (?, ?, ?, ?, x'', x'')
ON CONFLICT (parent, stream) DO UPDATE SET access = excluded.access, role = excluded.role, feed = x'', segment = x'', seq = 0,
  count = 0, digest = x'00000000000000000000000000000000', compared = 0
-- name: reading_role
UPDATE reading SET role = ? WHERE parent = ? AND stream = ?
-- name: reading_end
UPDATE reading SET role = 'ended ' || role, access = zeroblob(16) WHERE parent = ? AND stream = ? AND role NOT LIKE 'ended %'
-- name: reading_end_everywhere
UPDATE reading SET role = 'ended ' || role, access = zeroblob(16) WHERE stream = ? AND role NOT LIKE 'ended %'
-- name: reading_end_at_hubs
UPDATE reading SET role = 'ended ' || role, access = zeroblob(16) WHERE parent != '' AND role NOT LIKE 'ended %'
  AND stream NOT IN (SELECT stream FROM reading WHERE parent = '' AND role NOT LIKE 'ended %')
-- name: reading_ended
SELECT name FROM stream s WHERE EXISTS
  (SELECT 1 FROM reading r WHERE r.stream = s.id AND r.role IN ('ended member', 'ended staff'))
  AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.stream = s.id AND r.role NOT LIKE 'ended %') ORDER BY name
-- name: reading_move
UPDATE reading SET feed = ?, segment = ?, seq = ?, count = ?, digest = ?,
  verified_ms = coalesce(?, verified_ms) WHERE parent = ? AND stream = ?

-- name: reading_compared
UPDATE reading SET compared = ? WHERE parent = ? AND stream = ?

-- name: reading_compare_elsewhere
UPDATE reading SET compared = 0 WHERE parent != ? AND stream = ? AND compared = 1
-- name: reading_compare_all
UPDATE reading SET compared = 0 WHERE parent = ?
-- name: seal_add
INSERT INTO seal (stream, items, signature, hub) VALUES (?, ?, ?, ?) RETURNING id
-- name: unsealed
SELECT n, state, body FROM op WHERE id = ? AND NOT EXISTS (
  SELECT 1 FROM sealed JOIN seal ON seal.id = sealed.seal WHERE sealed.op = op.n AND (? OR seal.hub IS NULL))
-- name: sealed_add
INSERT OR REPLACE INTO sealed (op, seal) VALUES (?, ?)
-- name: sealed_remove
DELETE FROM sealed WHERE op = ?
-- name: seal_of_op
SELECT seal.id, seal.items, seal.signature, seal.hub FROM op JOIN sealed ON sealed.op = op.n JOIN seal ON seal.id = sealed.seal
WHERE op.id = ?
-- name: op_written_here
SELECT 1 FROM outbox JOIN op ON op.n = outbox.op WHERE op.id = ?
-- name: op_settled
SELECT n, id FROM op WHERE stream = ? AND n > ? AND state < 2
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.op = op.n AND outbox.state = 0) ORDER BY n LIMIT ?
-- name: op_told
SELECT id FROM op WHERE stream = ? AND state < 3
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.op = op.n AND outbox.state = 0)

-- name: position_get
SELECT n, c FROM position WHERE replica = ?
-- name: position_set
INSERT INTO position (replica, n, c) VALUES (?, ?, ?) ON CONFLICT (replica) DO UPDATE SET n = excluded.n, c = excluded.c

-- name: file_find
SELECT f.hash, f.bytes, f.mime, s.name, f.state FROM file f JOIN stream s ON s.id = f.stream WHERE f.hash = ? AND s.name = ?
-- name: file_bytes
SELECT coalesce(sum(bytes), 0) FROM (SELECT DISTINCT hash, bytes FROM file)
-- name: file_add
INSERT INTO file (hash, bytes, mime, stream, state, added_ms, touched_day) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (hash, stream) DO UPDATE SET touched_day = max(touched_day, excluded.touched_day)
-- name: file_state
UPDATE file SET state = ? WHERE hash = ? AND stream = (SELECT id FROM stream WHERE name = ?)
-- name: file_unsent
UPDATE file SET state = 2 WHERE state = 1
-- name: parcel_put
INSERT OR REPLACE INTO parcel (hub, stream, hash, name, round, asks) VALUES (?, ?, ?, ?, ?, ?)
-- name: parcel_at
SELECT hub, stream, hash, name, round, asks FROM parcel WHERE hub = ? ORDER BY round, stream, hash
-- name: parcel_in_room
SELECT DISTINCT stream, hash FROM parcel WHERE asks = 0
-- name: parcel_forget
DELETE FROM parcel WHERE hub = ? AND name = ?
-- name: parcel_forget_file
DELETE FROM parcel WHERE stream = ? AND hash = ?
-- name: parcel_lost
UPDATE file SET state = 0 WHERE state = 2 AND EXISTS (SELECT 1 FROM parcel p JOIN stream s ON s.name = p.stream
  WHERE s.id = file.stream AND p.hash = lower(hex(file.hash)) AND p.asks = 0)
-- name: parcel_forget_all
DELETE FROM parcel
-- name: file_all
SELECT DISTINCT hash FROM file ORDER BY hash
-- name: file_to_send
SELECT f.hash, f.bytes, f.mime, s.name, f.state FROM file f JOIN stream s ON s.id = f.stream WHERE f.state <> 1 ORDER BY f.bytes, f.hash

-- name: file_at_school
SELECT f.hash, f.bytes, f.mime, s.name, f.state FROM file f JOIN stream s ON s.id = f.stream WHERE f.state = 1 ORDER BY f.bytes, f.hash
-- name: file_touch
UPDATE file SET touched_day = ? WHERE hash = ? AND touched_day < ?
-- name: file_of_stream
SELECT f.hash FROM file f JOIN stream s ON s.id = f.stream WHERE s.name = ?
-- name: file_untouched
SELECT f.hash, f.bytes, f.mime, s.name, f.state FROM file f JOIN stream s ON s.id = f.stream WHERE f.touched_day <= ? LIMIT ?
-- name: file_untouched_since
SELECT 1 FROM file WHERE hash = ? AND stream = (SELECT id FROM stream WHERE name = ?) AND touched_day <= ?
-- name: file_in_streams
SELECT f.hash, s.name FROM file f JOIN stream s ON s.id = f.stream
-- name: file_remove
DELETE FROM file WHERE hash = ? AND stream = (SELECT id FROM stream WHERE name = ?)
-- name: file_known
SELECT 1 FROM file WHERE hash = ? LIMIT 1
-- name: op_mentions
SELECT 1 FROM op WHERE stream = (SELECT id FROM stream WHERE name = ?) AND state <> 1 AND instr(body, ?) LIMIT 1
-- name: op_mentioning
SELECT stream.name, op.body FROM op JOIN stream ON stream.id = op.stream WHERE op.state = 0 AND instr(op.body, ?)
-- name: op_texts
SELECT body FROM op WHERE state <> 1
-- name: stray_all
SELECT hash, found_day FROM stray
-- name: stray_add
INSERT OR IGNORE INTO stray (hash, found_day) VALUES (?, ?)
-- name: stray_remove
DELETE FROM stray WHERE hash = ?
