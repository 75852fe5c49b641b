-- What is known of Cliniko's time, an audit trail that no clock can shorten,
-- and an export permission of its own.

-- +goose Up
-- See profile.Clock. A row from the first answer on.
CREATE TABLE clock (
  one             INTEGER PRIMARY KEY CHECK (one = 1),
  believed        INTEGER,
  latest          INTEGER NOT NULL,
  anchor_clinic   INTEGER,
  anchor_here     INTEGER,
  reached         INTEGER,
  doubted_clinic  INTEGER,
  doubted_here    INTEGER
) STRICT;

DROP INDEX audit_by_age;
ALTER TABLE audit ADD COLUMN clinic_at INTEGER;            -- when it happened by Cliniko's clock, as far as that was known then
ALTER TABLE audit ADD COLUMN known_by INTEGER;             -- the first of Cliniko's times that was believed afterwards
ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT '';  -- '' for done, or the code of why it was not
CREATE INDEX audit_open ON audit (id) WHERE known_by IS NULL;

-- Since when wrong passwords are counted from the computer's start, in
-- microseconds, and not by its clock.
DELETE FROM tries;

-- Which rules the people's permissions were given under: 0 before exporting had
-- a permission of its own.
ALTER TABLE store ADD COLUMN permissions INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE store DROP COLUMN permissions;
DELETE FROM tries;
DROP INDEX audit_open;
ALTER TABLE audit DROP COLUMN outcome;
ALTER TABLE audit DROP COLUMN known_by;
ALTER TABLE audit DROP COLUMN clinic_at;
CREATE INDEX audit_by_age ON audit (at);
DROP TABLE clock;
