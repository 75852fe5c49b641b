-- Who did what with clients' details: ids, times and codes alone; and how long
-- clients who have left are kept.

-- +goose Up
CREATE TABLE audit (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  person   TEXT NOT NULL,          -- the id; '' for a headless command that needs nobody
  action   TEXT NOT NULL,
  subject  TEXT NOT NULL           -- Cliniko's id, or a person's id; '' for none
) STRICT;
CREATE INDEX audit_by_age ON audit (at);

-- After how many idle minutes the window locks.
ALTER TABLE store ADD COLUMN idle_minutes INTEGER NOT NULL DEFAULT 10;

-- For how many days clients who have left stay here.
ALTER TABLE clinic ADD COLUMN archived_days INTEGER NOT NULL DEFAULT 90;
ALTER TABLE clinic ADD COLUMN deleted_days INTEGER NOT NULL DEFAULT 7;

-- +goose Down
ALTER TABLE store DROP COLUMN idle_minutes;
ALTER TABLE clinic DROP COLUMN deleted_days;
ALTER TABLE clinic DROP COLUMN archived_days;
DROP TABLE audit;
