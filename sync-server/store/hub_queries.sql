-- Every statement about hubs, by name.

-- name: carried_covered
SELECT n, end_n, end_c FROM carried WHERE replica = ? AND before_n >= ?
-- name: carried_add
INSERT OR IGNORE INTO carried (replica, round, person, before_n, end_n, end_c, body, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
-- name: carried_all
SELECT n, body FROM carried
-- name: carried_replace
UPDATE carried SET body = ? WHERE n = ?
-- name: carried_remove
DELETE FROM carried WHERE n = ?
-- name: carried_next
SELECT n, replica, round, body FROM carried
WHERE (answered_ms IS NULL OR (problem IS NOT NULL AND answered_ms NOT BETWEEN ?1 - ?3 AND ?1)
       OR (problem IS NULL AND tried_ms NOT BETWEEN ?1 - ?3 AND ?1
           AND NOT EXISTS (SELECT 1 FROM carried later WHERE later.replica = carried.replica AND later.end_n > carried.end_n)))
  AND (tried_ms IS NULL OR tried_ms NOT BETWEEN ?1 - ?2 AND ?1) ORDER BY n
-- name: carried_tried
UPDATE carried SET tried_ms = ?, problem = ? WHERE n = ?
-- name: carried_settle
UPDATE carried SET answered_ms = coalesce(answered_ms, ?1), problem = NULL, tried_ms = iif(?6 < end_n, NULL, tried_ms)
WHERE replica = ?2 AND round = ?3 AND end_n = ?4 AND end_c = ?5
RETURNING n, end_n - before_n, body
-- name: carried_lost
UPDATE carried SET answered_ms = NULL, tried_ms = NULL
WHERE replica = ? AND end_n > ? AND answered_ms IS NOT NULL AND tried_ms IS NOT NULL
  AND (problem IS NULL OR problem = 'not answered')
-- name: carried_letters
UPDATE carried SET answered_ms = ? WHERE n = ? AND replica = ? AND end_n = ? AND end_c = ? RETURNING body
-- name: carried_letters_empty
DELETE FROM carried WHERE n = ? AND end_n = before_n AND answered_ms IS NOT NULL
-- name: carried_letters_again
UPDATE carried SET answered_ms = NULL, tried_ms = NULL WHERE answered_ms IS NOT NULL AND problem IS NOT NULL
-- name: carried_again
UPDATE carried SET answered_ms = NULL, tried_ms = NULL WHERE answered_ms IS NOT NULL
-- name: carried_forget
DELETE FROM carried WHERE answered_ms < ?1 OR (answered_ms IS NOT NULL AND problem IS NOT NULL AND at_ms < ?1)
-- name: carried_forget_answered
DELETE FROM carried WHERE person = ? AND answered_ms IS NOT NULL
-- name: carried_of
SELECT before_n, end_n, answered_ms IS NULL OR problem IS NOT NULL FROM carried WHERE replica = ?
ORDER BY before_n, end_n
-- name: carried_problem
SELECT problem FROM carried
WHERE replica = ? AND end_n > before_n AND end_n > ? AND problem IS NOT NULL AND problem NOT IN ('not answered', 'slowed_down')
ORDER BY n DESC LIMIT 1
-- name: carried_beside
SELECT replica, before_n, end_n FROM carried WHERE person = ? AND replica <> ? AND answered_ms IS NULL
ORDER BY replica, before_n
-- name: carried_count
SELECT count(*), coalesce(sum(end_n - before_n), 0), min(at_ms), count(problem), max(problem) FROM carried
WHERE answered_ms IS NULL

-- name: answer_add
INSERT INTO answer (replica, round, end_n, at_n, body, at_ms) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (replica, round) DO UPDATE SET end_n = excluded.end_n, at_n = excluded.at_n, body = excluded.body, sent = 0
-- name: answer_forget
DELETE FROM answer WHERE replica = ?1 AND sent = 1 AND ((end_n <= ?2 AND end_n <= at_n) OR (at_n < end_n AND (?2 <= at_n OR EXISTS (
  SELECT 1 FROM answer later WHERE later.replica = answer.replica AND later.round > answer.round))))
-- name: answer_forget_old
DELETE FROM answer WHERE at_ms < ?
-- name: answer_list
SELECT round, body FROM answer WHERE replica = ? ORDER BY round LIMIT ?
-- name: answer_sent
UPDATE answer SET sent = 1 WHERE replica = ? AND round <= ?

-- name: kept_all
SELECT name, written, day FROM kept_file
-- name: kept_put
INSERT INTO kept_file (name, written, day) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET written = excluded.written, day = excluded.day
-- name: kept_forget
DELETE FROM kept_file WHERE name = ?

-- name: hub_add
INSERT INTO hub (id) VALUES (?)
-- name: hub_heard
UPDATE hub SET addresses = ?, carrying = ?, heard_ms = ? WHERE id = ?
-- name: hub_list
SELECT h.id, p.given, h.addresses, h.carrying, h.heard_ms, p.active FROM hub h JOIN person p ON p.id = h.id ORDER BY p.given, h.id

-- name: papers_cards
SELECT code, person, voided_ms IS NOT NULL FROM card
-- name: papers_computers
SELECT id, name, token, removed_ms IS NOT NULL FROM computer
-- name: papers_devices
SELECT token, person, computer, key, removed_ms IS NOT NULL FROM device
-- name: papers_put_card
INSERT INTO card (code, person, created_ms, voided_ms) VALUES (?1, ?2, ?3, iif(?4, ?3, NULL))
ON CONFLICT (code) DO UPDATE SET voided_ms = iif(?4, coalesce(voided_ms, ?3), NULL)
-- name: papers_put_computer
INSERT INTO computer (id, name, token, joined_ms, removed_ms) VALUES (?1, ?2, ?3, ?4, iif(?5, ?4, NULL))
ON CONFLICT (id) DO UPDATE SET name = excluded.name, token = excluded.token,
  removed_ms = iif(?5, coalesce(removed_ms, ?4), NULL)
-- name: papers_put_device
INSERT INTO device (token, person, computer, key, joined_ms, removed_ms) VALUES (?1, ?2, ?3, ?4, ?5, iif(?6, ?5, NULL))
ON CONFLICT (token) DO UPDATE SET removed_ms = iif(?6, coalesce(removed_ms, ?5), NULL)
