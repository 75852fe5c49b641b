-- How many clients a pass has stored for the first time.

-- +goose Up
ALTER TABLE pass ADD COLUMN added INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE pass DROP COLUMN added;
