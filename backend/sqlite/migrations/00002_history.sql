-- What changed and when, and what a full pass leaves to a person.

-- +goose Up
ALTER TABLE clinic ADD COLUMN full_at INTEGER;               -- start of the last full pass that ended well
ALTER TABLE clinic ADD COLUMN drift INTEGER NOT NULL DEFAULT 0;

ALTER TABLE profile ADD COLUMN added_at INTEGER;             -- when it was first stored here
ALTER TABLE profile ADD COLUMN read_at INTEGER;              -- by Cliniko's clock
ALTER TABLE profile ADD COLUMN deleted_at INTEGER;           -- when it was found to be gone
UPDATE profile SET added_at = synced_at;
UPDATE profile SET deleted_at = synced_at WHERE state = 'deleted';

-- Which fields of a profile one reading changed.
CREATE TABLE change (
  id          INTEGER PRIMARY KEY,
  account_id  TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  cliniko_id  TEXT NOT NULL,
  pass_id     INTEGER NOT NULL,    -- 0: somebody opened the client
  at          INTEGER NOT NULL,
  updated_at  INTEGER,             -- in Cliniko
  fields      TEXT NOT NULL,       -- their names, with commas
  sealed      BLOB NOT NULL        -- the values before and after
) STRICT;
CREATE INDEX change_of_profile ON change (account_id, cliniko_id, at);
CREATE INDEX change_by_age ON change (at);

-- Who was not found by a full pass that stopped at a mass disappearance.
CREATE TABLE missing (
  account_id  TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  ref         TEXT NOT NULL,
  accepted    INTEGER NOT NULL DEFAULT 0,  -- 1: a person said that they may go
  PRIMARY KEY (account_id, ref)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE missing;
DROP TABLE change;
ALTER TABLE profile DROP COLUMN deleted_at;
ALTER TABLE profile DROP COLUMN read_at;
ALTER TABLE profile DROP COLUMN added_at;
ALTER TABLE clinic DROP COLUMN drift;
ALTER TABLE clinic DROP COLUMN full_at;
