-- The store of one computer. Personal values lie only in the columns named
-- sealed (see seal.go); the rest is Cliniko's ids, times (microseconds since
-- 1970, UTC), states and codes.

-- +goose Up
CREATE TABLE store (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  proof   BLOB NOT NULL  -- a sealed constant: opens only with the right key
) STRICT;

CREATE TABLE person (
  id          TEXT PRIMARY KEY,
  created_at  INTEGER NOT NULL,
  sealed      BLOB NOT NULL
) STRICT;

CREATE TABLE clinic (
  account_id         TEXT PRIMARY KEY,
  connected_at       INTEGER NOT NULL,
  changed_cursor     INTEGER,
  archived_cursor    INTEGER,
  active_in_cliniko  INTEGER NOT NULL DEFAULT 0,
  counted_at         INTEGER,
  sealed             BLOB NOT NULL
) STRICT;

CREATE TABLE profile (
  account_id   TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  cliniko_id   TEXT NOT NULL,
  state        TEXT NOT NULL,
  created_at   INTEGER,
  updated_at   INTEGER,            -- in Cliniko
  archived_at  INTEGER,
  merged_into  TEXT,
  synced_at    INTEGER NOT NULL,
  fingerprint  BLOB NOT NULL,      -- keyed hash of the details and the state
  sealed       BLOB NOT NULL,
  PRIMARY KEY (account_id, cliniko_id)
) STRICT, WITHOUT ROWID;

-- A patient that is not a complete profile. ref is its Cliniko id, or a mark
-- of its bytes where not even the id could be read.
CREATE TABLE failure (
  account_id       TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  ref              TEXT NOT NULL,
  code             TEXT NOT NULL,
  problems         TEXT NOT NULL,  -- JSON: field and kind, no values
  first_failed_at  INTEGER NOT NULL,
  last_failed_at   INTEGER NOT NULL,
  attempts         INTEGER NOT NULL,
  PRIMARY KEY (account_id, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE pass (
  id          INTEGER PRIMARY KEY,
  account_id  TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  kind        TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,             -- NULL while it runs or can go on
  error       TEXT NOT NULL DEFAULT '',
  requests    INTEGER NOT NULL DEFAULT 0,
  expected    INTEGER NOT NULL DEFAULT 0,  -- what Cliniko counted when it began
  total       INTEGER NOT NULL DEFAULT 0,  -- and when it ended
  synced      INTEGER NOT NULL DEFAULT 0,
  unchanged   INTEGER NOT NULL DEFAULT 0,
  failed      INTEGER NOT NULL DEFAULT 0,
  archived    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which pages of an unfinished full pass are stored.
CREATE TABLE page (
  pass_id  INTEGER NOT NULL REFERENCES pass ON DELETE CASCADE,
  n        INTEGER NOT NULL,
  PRIMARY KEY (pass_id, n)
) STRICT, WITHOUT ROWID;

-- What an unfinished pass did with each patient, so that its numbers are right
-- even if it was cut off, and that who is missing can be told.
CREATE TABLE seen (
  pass_id  INTEGER NOT NULL REFERENCES pass ON DELETE CASCADE,
  ref      TEXT NOT NULL,
  outcome  TEXT NOT NULL,
  PRIMARY KEY (pass_id, ref)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE seen;
DROP TABLE page;
DROP TABLE pass;
DROP TABLE failure;
DROP TABLE profile;
DROP TABLE clinic;
DROP TABLE person;
DROP TABLE store;
