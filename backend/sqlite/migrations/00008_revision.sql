-- How often the kept profiles have changed, so that another process can tell
-- whether it has to read them again.

-- +goose Up
ALTER TABLE clinic ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE clinic DROP COLUMN revision;
