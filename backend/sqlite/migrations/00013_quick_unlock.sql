-- Whether nobody may have a quick unlock, such as a PIN. Those are in the sealed
-- rows of people.

-- +goose Up
ALTER TABLE store ADD COLUMN quick_unlock_forbidden INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE store DROP COLUMN quick_unlock_forbidden;
