-- The requests to Cliniko of all processes of this store, so that together they
-- keep to its limit.

-- +goose Up
-- See profile.Traffic. Times are microseconds since the computer's start.
CREATE TABLE traffic (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  closed_at   INTEGER NOT NULL,
  closed_for  INTEGER NOT NULL,
  person      INTEGER NOT NULL,
  places      TEXT NOT NULL        -- [[until, holder], ...]
) STRICT;

-- +goose Down
DROP TABLE traffic;
