-- The outbox for VALD Hub: see profile.Delivery. Triggers write it, so that no
-- change of a client is without its delivery. A copy of a clinic's shared store
-- has nothing here: that outbox is in the database.

-- +goose Up
CREATE TABLE hub (
  account_id   TEXT PRIMARY KEY REFERENCES clinic ON DELETE CASCADE,
  sending      INTEGER NOT NULL,           -- 1: it is on
  compared_at  INTEGER,
  deviations   INTEGER NOT NULL DEFAULT 0,
  sealed       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  account_id  TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  ref         TEXT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'pending',
  reason      TEXT NOT NULL DEFAULT '',
  version     INTEGER NOT NULL DEFAULT 1,
  since       INTEGER,
  due         INTEGER NOT NULL DEFAULT 0,
  tries       INTEGER NOT NULL DEFAULT 0,
  known       INTEGER NOT NULL DEFAULT 0,  -- 1: VALD Hub may have a profile that was sent
  sealed      BLOB,                        -- NULL: nothing
  PRIMARY KEY (account_id, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_by_state ON delivery (account_id, state, due);

-- Who is to be delivered.
CREATE VIEW eligible AS
  SELECT account_id, cliniko_id AS ref FROM profile WHERE state = 'active'
  UNION ALL
  SELECT account_id, ref FROM failure f WHERE NOT EXISTS (SELECT 1 FROM profile p WHERE p.account_id = f.account_id AND p.cliniko_id = f.ref);

-- A row of a view is written by its trigger: a client's delivery after a change.
CREATE VIEW changed_client AS SELECT account_id, ref FROM delivery WHERE false;
-- +goose StatementBegin
CREATE TRIGGER deliver INSTEAD OF INSERT ON changed_client
WHEN EXISTS (SELECT 1 FROM clinic WHERE account_id = NEW.account_id) -- not while it is being deleted, and all that refers to it
BEGIN
  INSERT INTO delivery (account_id, ref)
    SELECT NEW.account_id, NEW.ref WHERE EXISTS (SELECT 1 FROM eligible WHERE account_id = NEW.account_id AND ref = NEW.ref)
    ON CONFLICT DO UPDATE SET version = version + 1, due = 0, tries = 0,
      state = CASE WHEN state IN ('unsure', 'accepted') THEN state ELSE 'pending' END, reason = '';
  DELETE FROM delivery WHERE account_id = NEW.account_id AND ref = NEW.ref
    AND NOT EXISTS (SELECT 1 FROM eligible WHERE account_id = NEW.account_id AND ref = NEW.ref)
    AND (known = 0 OR NOT EXISTS (SELECT 1 FROM profile WHERE account_id = NEW.account_id AND cliniko_id = NEW.ref));
  UPDATE delivery SET state = 'left', reason = '', version = version + 1 WHERE account_id = NEW.account_id AND ref = NEW.ref AND state <> 'left'
    AND NOT EXISTS (SELECT 1 FROM eligible WHERE account_id = NEW.account_id AND ref = NEW.ref);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliver_new_profile AFTER INSERT ON profile WHEN EXISTS (SELECT 1 FROM hub WHERE account_id = NEW.account_id AND sending = 1) BEGIN
  INSERT INTO changed_client VALUES (NEW.account_id, NEW.cliniko_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliver_profile AFTER UPDATE OF state, fingerprint ON profile
WHEN (OLD.state <> NEW.state OR OLD.fingerprint <> NEW.fingerprint) AND EXISTS (SELECT 1 FROM hub WHERE account_id = NEW.account_id AND sending = 1) BEGIN
  INSERT INTO changed_client VALUES (NEW.account_id, NEW.cliniko_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliver_erased_profile AFTER DELETE ON profile WHEN EXISTS (SELECT 1 FROM hub WHERE account_id = OLD.account_id AND sending = 1) BEGIN
  INSERT INTO changed_client VALUES (OLD.account_id, OLD.cliniko_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliver_failure AFTER INSERT ON failure WHEN EXISTS (SELECT 1 FROM hub WHERE account_id = NEW.account_id AND sending = 1) BEGIN
  INSERT INTO changed_client VALUES (NEW.account_id, NEW.ref);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliver_after_failure AFTER DELETE ON failure WHEN EXISTS (SELECT 1 FROM hub WHERE account_id = OLD.account_id AND sending = 1) BEGIN
  INSERT INTO changed_client VALUES (OLD.account_id, OLD.ref);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER deliver_after_failure;
DROP TRIGGER deliver_failure;
DROP TRIGGER deliver_erased_profile;
DROP TRIGGER deliver_profile;
DROP TRIGGER deliver_new_profile;
DROP VIEW changed_client;
DROP VIEW eligible;
DROP TABLE delivery;
DROP TABLE hub;
