-- Of a store that is the copy of a clinic's shared one: up to where it has
-- everything, and of whom each copied row is. Empty on a computer with a store of
-- its own.

-- +goose Up
CREATE TABLE copied (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  lineage   TEXT NOT NULL,          -- names the database that is followed
  n         INTEGER NOT NULL,       -- its last change that is here
  revision  INTEGER NOT NULL,       -- the last of them that changed a client
  at        INTEGER NOT NULL        -- when it was last reached, by this computer's clock
) STRICT;
CREATE TABLE copied_client (
  name  BLOB PRIMARY KEY,           -- of the row that is followed: a keyed hash
  ref   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A computer may know what others have learnt of Cliniko's time, and nothing by its
-- own clock.
CREATE TABLE clock_of_all (
  one             INTEGER PRIMARY KEY CHECK (one = 1),
  believed        INTEGER,
  latest          INTEGER,
  anchor_clinic   INTEGER,
  anchor_here     INTEGER,
  reached         INTEGER,
  doubted_clinic  INTEGER,
  doubted_here    INTEGER
) STRICT;
INSERT INTO clock_of_all SELECT one, believed, latest, anchor_clinic, anchor_here, reached, doubted_clinic, doubted_here FROM clock;
DROP TABLE clock;
ALTER TABLE clock_of_all RENAME TO clock;

-- +goose Down
DELETE FROM clock WHERE latest IS NULL;
CREATE TABLE clock_of_one (
  one             INTEGER PRIMARY KEY CHECK (one = 1),
  believed        INTEGER,
  latest          INTEGER NOT NULL,
  anchor_clinic   INTEGER,
  anchor_here     INTEGER,
  reached         INTEGER,
  doubted_clinic  INTEGER,
  doubted_here    INTEGER
) STRICT;
INSERT INTO clock_of_one SELECT one, believed, latest, anchor_clinic, anchor_here, reached, doubted_clinic, doubted_here FROM clock;
DROP TABLE clock;
ALTER TABLE clock_of_one RENAME TO clock;
DROP TABLE copied_client;
DROP TABLE copied;
