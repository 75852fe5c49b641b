-- Events of a computer whose store is a copy, on their way to the clinic's
-- database: a row from before the event is sent until it is known how it ended.

-- +goose Up
CREATE TABLE queued_event (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they happened here
  ticket     BLOB NOT NULL,                      -- random: by it the database knows what it has already
  at         INTEGER NOT NULL,
  clinic_at  INTEGER NOT NULL,
  person     TEXT NOT NULL,
  action     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  dropped    INTEGER NOT NULL DEFAULT 0,
  delivered  INTEGER,                            -- its number in the audit trail
  sent       TEXT                                -- the outcome that was delivered
) STRICT;
CREATE INDEX queued_event_delivered ON queued_event (delivered);

-- +goose Down
DROP TABLE queued_event;
