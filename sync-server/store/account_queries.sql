-- Every statement of the accounts, by name.

-- name: person_find
SELECT id, role, given, family, email, source, password, pin, pin_kind, active FROM person WHERE id = ?
-- name: person_find_email
SELECT id, role, given, family, email, source, password, pin, pin_kind, active FROM person WHERE email = ?
-- name: person_find_source
SELECT id, role, given, family, email, source, password, pin, pin_kind, active FROM person WHERE source = ?
-- name: person_list
SELECT id, role, given, family, email, source, password, pin, pin_kind, active FROM person ORDER BY family, given, id
-- name: person_first
SELECT coalesce(min(created_ms), 0) FROM person
-- name: person_put
INSERT INTO person (id, role, given, family, email, source, active, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET role = excluded.role, given = excluded.given, family = excluded.family,
  email = excluded.email, source = excluded.source, active = excluded.active
-- name: person_password
UPDATE person SET password = ? WHERE id = ?
-- name: person_pin
UPDATE person SET pin = ?, pin_kind = ? WHERE id = ?

-- name: person_forget
UPDATE person SET given = '', family = '', email = NULL, source = NULL, password = NULL, pin = NULL, pin_kind = NULL,
  active = 0 WHERE id = ?
-- name: forget_cards
DELETE FROM card WHERE person = ?
-- name: forget_newcomer
DELETE FROM newcomer WHERE person = ?
-- name: forget_letters_brought
DELETE FROM dead_letter_brought WHERE n IN (SELECT n FROM dead_letter WHERE person = ?1 OR instr(body, ?2))
-- name: forget_letters_settled
DELETE FROM dead_letter_settled WHERE n IN (SELECT n FROM dead_letter WHERE person = ?1 OR instr(body, ?2))
-- name: forget_letters
DELETE FROM dead_letter WHERE person = ?1 OR instr(body, ?2)
-- name: forget_letter_brought
DELETE FROM dead_letter_brought WHERE n = ?
-- name: forget_letter_settled
DELETE FROM dead_letter_settled WHERE n = ?
-- name: forget_letter
DELETE FROM dead_letter WHERE n = ?
-- name: forget_audit
UPDATE audit SET subject = '' WHERE person = ?1 OR (?2 <> '' AND subject = ?2)
-- name: forget_enrollments
UPDATE enrollment SET active = 0 WHERE person = ?

-- name: class_find
SELECT id, title, source, active FROM class WHERE id = ?
-- name: class_find_source
SELECT id, title, source, active FROM class WHERE source = ?
-- name: class_list
SELECT id, title, source, active FROM class ORDER BY title, id
-- name: class_put
INSERT INTO class (id, title, source, active, created_ms) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, source = excluded.source, active = excluded.active

-- name: enrollment_put
INSERT INTO enrollment (class, person, role, active, source) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (class, person) DO UPDATE SET role = excluded.role, active = excluded.active, source = excluded.source
-- name: enrollment_find
SELECT class, person, role, active, source FROM enrollment WHERE class = ? AND person = ?
-- name: enrollment_of_class
SELECT class, person, role, active, source FROM enrollment WHERE class = ? ORDER BY person
-- name: enrollment_of_person
SELECT class, person, role, active, source FROM enrollment WHERE person = ? ORDER BY class

-- name: access_of_person
SELECT stream, id, role FROM access WHERE person = ? ORDER BY stream
-- name: access_of_stream
SELECT person FROM access WHERE stream = ?
-- name: access_put
INSERT INTO access (person, stream, id, role) VALUES (?, ?, ?, ?)
ON CONFLICT (person, stream) DO UPDATE SET role = excluded.role
-- name: access_remove
DELETE FROM access WHERE person = ? AND stream = ?

-- name: card_add
INSERT INTO card (code, person, created_ms) VALUES (?, ?, ?)
-- name: card_find
SELECT code, person, voided_ms FROM card WHERE code = ?
-- name: card_of_person
SELECT code, person, voided_ms FROM card WHERE person = ? AND voided_ms IS NULL ORDER BY created_ms DESC LIMIT 1
-- name: card_revive
UPDATE card SET voided_ms = NULL WHERE code = ? AND person = ?
-- name: card_void
UPDATE card SET voided_ms = ? WHERE person = ? AND voided_ms IS NULL

-- name: computer_code_add
INSERT INTO computer_code (id, code, name, created_ms) VALUES (?, ?, ?, ?)
-- name: computer_code_find
SELECT code, name, used_ms FROM computer_code WHERE id = ?
-- name: computer_code_use
UPDATE computer_code SET used_ms = ? WHERE id = ?
-- name: computer_add
INSERT INTO computer (id, name, token, joined_ms, heard_ms) VALUES (?, ?, ?, ?, ?)
-- name: computer_find_token
SELECT id, name, joined_ms, heard_ms, removed_ms FROM computer WHERE token = ?
-- name: computer_list
SELECT id, name, joined_ms, heard_ms, removed_ms,
  (SELECT coalesce(sum(waiting), 0) FROM device WHERE device.computer = computer.id AND device.removed_ms IS NULL)
FROM computer ORDER BY name, id
-- name: computer_heard
UPDATE computer SET heard_ms = ?1 WHERE id = ?2 AND (heard_ms IS NULL OR heard_ms NOT BETWEEN ?1 - 60000 AND ?1)
-- name: computer_remove
UPDATE computer SET removed_ms = ? WHERE id = ? AND removed_ms IS NULL

-- name: device_add
INSERT INTO device (token, person, computer, key, joined_ms) VALUES (?, ?, ?, ?, ?)
-- name: device_find
SELECT d.person, d.computer, d.removed_ms, c.name, c.removed_ms, d.key FROM device d JOIN computer c ON c.id = d.computer
WHERE d.token = ?
-- name: device_heard
UPDATE device SET heard_ms = ?1, waiting = ?2
WHERE token = ?3 AND (waiting <> ?2 OR heard_ms IS NULL OR heard_ms NOT BETWEEN ?1 - 60000 AND ?1)
-- name: device_brought
INSERT INTO brought (key, replica, round, at_ms, carrier) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (key, replica) DO UPDATE SET round = max(round, ?3), at_ms = ?4, carrier = ?5 WHERE ?3 > round OR ?6 > 0
-- name: device_waits_less
UPDATE device SET waiting = max(0, waiting - ?) WHERE key = ? AND waiting > 0
-- name: device_of_person
SELECT c.name, d.heard_ms, d.waiting, c.id, d.joined_ms, (SELECT max(b.at_ms) FROM brought b WHERE b.key = d.key),
  (SELECT b.carrier FROM brought b WHERE b.key = d.key ORDER BY b.at_ms DESC LIMIT 1)
FROM device d JOIN computer c ON c.id = d.computer
WHERE d.person = ? AND d.removed_ms IS NULL ORDER BY d.heard_ms DESC
-- name: device_remove_computer
UPDATE device SET removed_ms = ? WHERE computer = ? AND removed_ms IS NULL

-- name: device_forget
DELETE FROM device WHERE person = ? AND key = ?
-- name: device_forget_old
DELETE FROM device WHERE person = ?1 AND key = ?2 AND token NOT IN
  (SELECT token FROM device WHERE person = ?1 AND key = ?2 ORDER BY joined_ms DESC, token LIMIT 3)

-- name: newcomer_add
INSERT INTO newcomer (person, certificate, at_ms) VALUES (?, ?, ?)
-- name: newcomer_list
SELECT n.person, p.given, n.certificate, n.at_ms,
  (SELECT coalesce(sum(waiting), 0) FROM device WHERE device.person = n.person)
FROM newcomer n JOIN person p ON p.id = n.person WHERE n.confirmed_ms IS NULL ORDER BY n.at_ms, n.person
-- name: newcomer_confirm
UPDATE newcomer SET confirmed_ms = ? WHERE person = ?

-- name: session_add
INSERT INTO session (token, person, csrf, created_ms, seen_ms) VALUES (?, ?, ?, ?, ?)
-- name: session_find
SELECT person, csrf, created_ms, seen_ms FROM session WHERE token = ?
-- name: session_seen
UPDATE session SET seen_ms = ? WHERE token = ?
-- name: session_remove
DELETE FROM session WHERE token = ?
-- name: session_remove_person
DELETE FROM session WHERE person = ?
-- name: session_remove_old
DELETE FROM session WHERE seen_ms < ?

-- name: tries_get
SELECT count, last_ms FROM tries WHERE key = ?
-- name: tries_put
INSERT INTO tries (key, count, last_ms) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET count = excluded.count, last_ms = excluded.last_ms
-- name: tries_clear
DELETE FROM tries WHERE key = ?

-- name: audit_add
INSERT INTO audit (at_ms, person, action, subject) VALUES (?, ?, ?, ?)
-- name: audit_list
SELECT at_ms, person, action, subject FROM audit ORDER BY n DESC LIMIT ?
-- name: dead_letter_add
INSERT INTO dead_letter (at_ms, person, body, code) VALUES (?, ?, ?, ?) ON CONFLICT (body) DO NOTHING
-- name: dead_letter_by_body
SELECT n, person FROM dead_letter WHERE body = ?
-- name: dead_letter_by_author
UPDATE dead_letter SET at_ms = ?, person = ?, code = ?, settled_ms = NULL WHERE n = ?
-- name: dead_letter_brought_add
INSERT OR IGNORE INTO dead_letter_brought (n, hub) VALUES (?, ?)
-- name: dead_letter_bodies
SELECT n, body FROM dead_letter
-- name: dead_letter_count
SELECT count(*) FROM dead_letter WHERE settled_ms IS NULL
-- name: dead_letter_count_for
SELECT count(*) FROM dead_letter d WHERE d.settled_ms IS NULL AND (d.person = ?1 OR EXISTS (SELECT 1 FROM access a
  WHERE a.person = ?1 AND a.stream = 'person:' || lower(hex(d.person)) AND a.role = 'staff'))
-- name: dead_letter_waiting_for
SELECT n FROM (
  SELECT n, at_ms, row_number() OVER (PARTITION BY person ORDER BY at_ms DESC, n DESC) AS turn FROM dead_letter d
  WHERE d.settled_ms IS NULL AND (?1 IS NULL OR d.person = ?1 OR EXISTS (SELECT 1 FROM access a
    WHERE a.person = ?1 AND a.stream = 'person:' || lower(hex(d.person)) AND a.role = 'staff')))
ORDER BY turn, at_ms DESC, n DESC LIMIT ?2
-- name: dead_letter_settled_for
SELECT n FROM dead_letter d WHERE d.settled_ms IS NOT NULL AND (?1 IS NULL OR d.person = ?1 OR EXISTS (SELECT 1
  FROM access a WHERE a.person = ?1 AND a.stream = 'person:' || lower(hex(d.person)) AND a.role = 'staff'))
ORDER BY d.settled_ms DESC, d.n DESC LIMIT ?2
-- name: dead_letter_list
SELECT d.n, d.at_ms, d.person, d.body, d.code, d.settled_ms, s.by, s.how, b.hub FROM dead_letter d
LEFT JOIN dead_letter_settled s ON s.n = d.n LEFT JOIN dead_letter_brought b ON b.n = d.n
WHERE (d.settled_ms IS NULL) = ? ORDER BY coalesce(d.settled_ms, d.at_ms) DESC, d.n DESC LIMIT ?
-- name: dead_letter_find
SELECT d.n, d.at_ms, d.person, d.body, d.code, d.settled_ms, s.by, s.how, b.hub FROM dead_letter d
LEFT JOIN dead_letter_settled s ON s.n = d.n LEFT JOIN dead_letter_brought b ON b.n = d.n WHERE d.n = ?
-- name: dead_letter_settle
UPDATE dead_letter SET settled_ms = ? WHERE n = ? AND settled_ms IS NULL
-- name: dead_letter_settled_add
INSERT INTO dead_letter_settled (n, by, how) VALUES (?, ?, ?)
