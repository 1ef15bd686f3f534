-- :name party_insert :exec
-- :in party_id int, kind text, name text, tax_id bytes, created_at instant
INSERT INTO party (party_id, kind, name, tax_id, created_at) VALUES ($1, $2, $3, $4, $5);

-- :name lookup_insert :exec
-- :in tax_id_hash text, party_id int
INSERT INTO party_lookup (tax_id_hash, party_id) VALUES ($1, $2);

-- :name party_by_hash :one
-- :in tax_id_hash text
-- :out party_id int, kind text, name text, tax_id bytes
SELECT p.party_id, p.kind, p.name, p.tax_id FROM party_lookup l JOIN party p ON p.party_id = l.party_id WHERE l.tax_id_hash = $1;

-- :name party_get :one
-- :in party_id int
-- :out party_id int, kind text, name text, tax_id bytes
SELECT party_id, kind, name, tax_id FROM party WHERE party_id = $1;

-- :name party_set_name :exec
-- :in name text, party_id int
UPDATE party SET name = $1 WHERE party_id = $2;

-- :name credential_insert :exec
-- :in person_id int, password_hash text
INSERT INTO credential (person_id, password_hash) VALUES ($1, $2);

-- :name credential_get :one
-- :in person_id int
-- :out password_hash text, totp_secret bytes?, totp_last int
SELECT password_hash, totp_secret, totp_last FROM credential WHERE person_id = $1;

-- :name totp_set :exec
-- :in totp_secret bytes?, person_id int
UPDATE credential SET totp_secret = $1, totp_last = 0 WHERE person_id = $2;

-- :name totp_clear :exec
-- :in person_id int
UPDATE credential SET totp_secret = NULL, totp_last = 0 WHERE person_id = $1;

-- :name totp_used :exec
-- :in step int, person_id int
UPDATE credential SET totp_last = $1 WHERE person_id = $2 AND totp_last < $1;

-- :name officer_insert :exec
-- :in person_id int, office text, post text
INSERT INTO officer (person_id, office, post) VALUES ($1, $2, $3)
ON CONFLICT (person_id) DO UPDATE SET office = excluded.office, post = excluded.post;

-- :name officer_get :one
-- :in person_id int
-- :out office text, post text
SELECT office, post FROM officer WHERE person_id = $1;

-- :name role_insert :exec
-- :in subject_id int, person_id int, role text, since instant
INSERT INTO member_role (subject_id, person_id, role, since) VALUES ($1, $2, $3, $4);

-- :name role_close :exec
-- :in ended_at instant, subject_id int, person_id int, role text
UPDATE member_role SET ended_at = $1 WHERE subject_id = $2 AND person_id = $3 AND role = $4 AND ended_at IS NULL;

-- :name role_of :many
-- :in subject_id int, person_id int
-- :out role text
-- :max 8
SELECT role FROM member_role WHERE subject_id = $1 AND person_id = $2 AND ended_at IS NULL ORDER BY role LIMIT 8;

-- :name role_holder :one
-- :in subject_id int, role text
-- :out person_id int
SELECT person_id FROM member_role WHERE subject_id = $1 AND role = $2 AND ended_at IS NULL ORDER BY since LIMIT 1;

-- :name members :many
-- :in subject_id int
-- :out person_id int, name text, role text, since instant
-- :max 500
SELECT r.person_id, p.name, r.role, r.since FROM member_role r JOIN party p ON p.party_id = r.person_id
WHERE r.subject_id = $1 AND r.ended_at IS NULL ORDER BY r.since, r.person_id, r.role LIMIT 500;

-- :name subjects_of :many
-- :in person_id int
-- :out subject_id int, name text, role text, tax_id bytes
-- :max 200
SELECT r.subject_id, p.name, r.role, p.tax_id FROM member_role r JOIN party p ON p.party_id = r.subject_id
WHERE r.person_id = $1 AND r.ended_at IS NULL ORDER BY r.since, r.subject_id LIMIT 200;

-- :name mandate_insert :exec
-- :in subject_id int, mandate_id int, agent_id int, scopes text, limit_fen int?, until_on date, granted_at instant
INSERT INTO mandate (subject_id, mandate_id, agent_id, scopes, limit_fen, until_on, granted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :name mandate_revoke :exec
-- :in revoked_at instant, subject_id int, mandate_id int
UPDATE mandate SET revoked_at = $1 WHERE subject_id = $2 AND mandate_id = $3 AND revoked_at IS NULL;

-- :name mandates_given :many
-- :in subject_id int
-- :out mandate_id int, agent_id int, agent_name text, scopes text, limit_fen money?, until_on date, granted_at instant, revoked_at instant?
-- :max 200
SELECT m.mandate_id, m.agent_id, p.name, m.scopes, m.limit_fen, m.until_on, m.granted_at, m.revoked_at
FROM mandate m JOIN party p ON p.party_id = m.agent_id WHERE m.subject_id = $1 ORDER BY m.mandate_id DESC LIMIT 200;

-- :name mandates_for :many
-- :in person_id int, today date
-- :out subject_id int, name text, scopes text, until_on date, limit_fen int?
-- :max 200
SELECT m.subject_id, p.name, m.scopes, m.until_on, m.limit_fen FROM member_role r
JOIN mandate m ON m.agent_id = r.subject_id JOIN party p ON p.party_id = m.subject_id
WHERE r.person_id = $1 AND r.ended_at IS NULL AND m.revoked_at IS NULL AND m.until_on >= $2
ORDER BY m.mandate_id LIMIT 200;

-- :name mandates_by :many
-- :in subject_id int, person_id int, today date
-- :out scopes text, limit_fen int?
-- :max 200
SELECT m.scopes, m.limit_fen FROM member_role r JOIN mandate m ON m.agent_id = r.subject_id AND m.subject_id = $1
WHERE r.person_id = $2 AND r.ended_at IS NULL AND m.revoked_at IS NULL AND m.until_on >= $3 ORDER BY m.mandate_id LIMIT 200;

-- :name mandates_between :many
-- :in agent_id int, subject_id int, today date
-- :out scopes text, limit_fen int?
-- :max 200
SELECT scopes, limit_fen FROM mandate WHERE agent_id = $1 AND subject_id = $2 AND revoked_at IS NULL AND until_on >= $3
ORDER BY mandate_id LIMIT 200;

-- :name session_insert :exec
-- :in token_hash text, session_id int, person_id int, subject_id int, kind text, name text?, scopes text, csrf text, created_at instant, expires_at instant, strong bool, any_subject bool, client text?
INSERT INTO session (token_hash, session_id, person_id, subject_id, kind, name, scopes, csrf, created_at, expires_at, seen_at,
  strong, any_subject, client)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $11, $12, $13);

-- :name session_get :one
-- :in token_hash text
-- :out session_id int, person_id int, subject_id int, kind text, scopes text, csrf text, expires_at instant, ended_at instant?, seen_at instant, strong bool, any_subject bool, name text, office text?, post text?, subject_kind text?, subject_name text?, subject_tax_id bytes?
SELECT s.session_id, s.person_id, s.subject_id, s.kind, s.scopes, s.csrf, s.expires_at, s.ended_at, s.seen_at, s.strong,
  s.any_subject, p.name, o.office, o.post, q.kind, q.name, q.tax_id
FROM session s JOIN party p ON p.party_id = s.person_id LEFT JOIN officer o ON o.person_id = s.person_id
LEFT JOIN party q ON q.party_id = s.subject_id WHERE s.token_hash = $1;

-- :name session_touch :exec
-- :in seen_at instant, person_id int, session_id int
UPDATE session SET seen_at = $1 WHERE person_id = $2 AND session_id = $3;

-- :name session_rotate :exec
-- :in token_hash text, csrf text, strong bool, person_id int, session_id int
UPDATE session SET token_hash = $1, csrf = $2, strong = $3 WHERE person_id = $4 AND session_id = $5 AND ended_at IS NULL;

-- :name sessions_open :many
-- :in person_id int, now instant
-- :out session_id int, kind text, created_at instant, seen_at instant, expires_at instant, strong bool, client text?, name text?
-- :max 100
SELECT session_id, kind, created_at, seen_at, expires_at, strong, client, name FROM session
WHERE person_id = $1 AND kind <> 'personal' AND ended_at IS NULL AND expires_at > $2 ORDER BY session_id DESC LIMIT 100;

-- :name sessions_end_others :exec
-- :in ended_at instant, person_id int, session_id int
UPDATE session SET ended_at = $1 WHERE person_id = $2 AND session_id <> $3 AND kind <> 'personal' AND ended_at IS NULL;

-- :name tokens_end :exec
-- :in ended_at instant, person_id int
UPDATE session SET ended_at = $1 WHERE person_id = $2 AND kind = 'personal' AND ended_at IS NULL;

-- :name sessions_old :many
-- :in before instant
-- :out token_hash text
-- :max 1000
SELECT token_hash FROM session WHERE expires_at < $1 LIMIT 1000;

-- :name session_leap :exec
-- :in us int
UPDATE session SET expires_at = expires_at + $1 WHERE kind = 'bearer' AND ended_at IS NULL;

-- :name session_delete :exec
-- :in token_hash text
DELETE FROM session WHERE token_hash = $1;

-- :name session_switch :exec
-- :in subject_id int, person_id int, session_id int
UPDATE session SET subject_id = $1 WHERE person_id = $2 AND session_id = $3;

-- :name session_end :exec
-- :in ended_at instant, person_id int, session_id int
UPDATE session SET ended_at = $1 WHERE person_id = $2 AND session_id = $3 AND ended_at IS NULL;

-- :name tokens :many
-- :in person_id int
-- :out session_id int, name text?, scopes text, created_at instant, expires_at instant, subject text, any_subject bool
-- :max 100
SELECT s.session_id, s.name, s.scopes, s.created_at, s.expires_at, p.name, s.any_subject FROM session s
JOIN party p ON p.party_id = s.subject_id
WHERE s.person_id = $1 AND s.kind = 'personal' AND s.ended_at IS NULL ORDER BY s.session_id DESC LIMIT 100;

-- :name throttle_get :one
-- :in account_hash text
-- :out failures int, blocked_until instant, failed_at instant
SELECT failures, blocked_until, failed_at FROM login_throttle WHERE account_hash = $1;

-- :name throttle_put :exec
-- :in account_hash text, failures int, blocked_until instant, failed_at instant
INSERT INTO login_throttle (account_hash, failures, blocked_until, failed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_hash) DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until,
  failed_at = excluded.failed_at;

-- :name throttles_old :many
-- :in before instant
-- :out account_hash text
-- :max 1000
SELECT account_hash FROM login_throttle WHERE failed_at < $1 LIMIT 1000;

-- :name throttle_delete :exec
-- :in account_hash text
DELETE FROM login_throttle WHERE account_hash = $1;

-- :name password_set :exec
-- :in password_hash text, person_id int
UPDATE credential SET password_hash = $1 WHERE person_id = $2;

-- :name history_insert :exec
-- :in person_id int, changed_at instant, password_hash text
INSERT INTO password_history (person_id, changed_at, password_hash) VALUES ($1, $2, $3)
ON CONFLICT (person_id, changed_at) DO NOTHING;

-- :name history :many
-- :in person_id int
-- :out password_hash text
-- :max 4
SELECT password_hash FROM password_history WHERE person_id = $1 ORDER BY changed_at DESC LIMIT 4;

-- :name recovery_insert :exec
-- :in person_id int, code_hash text
INSERT INTO recovery_code (person_id, code_hash) VALUES ($1, $2);

-- :name recovery_use :exec
-- :in used_at instant, person_id int, code_hash text
UPDATE recovery_code SET used_at = $1 WHERE person_id = $2 AND code_hash = $3 AND used_at IS NULL;

-- :name recovery_left :one
-- :in person_id int
-- :out n int
SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL;

-- :name recovery_clear :exec
-- :in person_id int
DELETE FROM recovery_code WHERE person_id = $1;

-- :name enrolment_insert :exec
-- :in person_id int, code_hash text, officer_id int, expires_at instant
INSERT INTO enrolment (person_id, code_hash, officer_id, expires_at) VALUES ($1, $2, $3, $4);

-- :name enrolment_void :exec
-- :in used_at instant, person_id int
UPDATE enrolment SET used_at = $1 WHERE person_id = $2 AND used_at IS NULL;

-- :name enrolment_use :exec
-- :in used_at instant, person_id int, code_hash text
UPDATE enrolment SET used_at = $1 WHERE person_id = $2 AND code_hash = $3 AND used_at IS NULL AND expires_at > $1;

-- :name link_insert :exec
-- :in code_hash text, person_id int, subject_id int, session_id int, strong bool, expires_at instant
INSERT INTO login_link (code_hash, person_id, subject_id, session_id, strong, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- :name link_get :one
-- :in code_hash text, now instant
-- :out person_id int, subject_id int, session_id int, strong bool
SELECT person_id, subject_id, session_id, strong FROM login_link WHERE code_hash = $1 AND expires_at > $2;

-- :name link_delete :exec
-- :in code_hash text
DELETE FROM login_link WHERE code_hash = $1;

-- :name links_forget :exec
-- :in before instant
DELETE FROM login_link WHERE expires_at < $1;

-- :name session_alive :one
-- :in person_id int, session_id int, now instant
-- :out n int
SELECT count(*) FROM session WHERE person_id = $1 AND session_id = $2 AND ended_at IS NULL AND expires_at > $3;
