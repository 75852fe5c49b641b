-- What the Today screen keeps of each person: see staff.Today. People are not
-- referred to, because nobody of the demo clinic is stored. And an index that
-- has all that is needed to count who has changed since a time.

-- +goose Up
CREATE TABLE today (
  account_id  TEXT NOT NULL REFERENCES clinic ON DELETE CASCADE,
  person_id   TEXT NOT NULL,
  sealed      BLOB NOT NULL,
  PRIMARY KEY (account_id, person_id)
) STRICT, WITHOUT ROWID;

DROP INDEX change_by_age;
CREATE INDEX change_by_age ON change (at, account_id, cliniko_id);

-- +goose Down
DROP INDEX change_by_age;
CREATE INDEX change_by_age ON change (at);
DROP TABLE today;
