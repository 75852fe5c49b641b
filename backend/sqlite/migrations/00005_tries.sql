-- Wrong passwords, so that the delay after them outlives the process.

-- +goose Up
CREATE TABLE tries (
  email  BLOB PRIMARY KEY,         -- keyed hash of what was typed
  wrong  INTEGER NOT NULL,
  last   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tries_by_age ON tries (last);

-- +goose Down
DROP TABLE tries;
