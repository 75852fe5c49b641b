-- How far the clinic is with the button in Cliniko, and how many profiles were
-- failing after each pass.

-- +goose Up
ALTER TABLE clinic ADD COLUMN button TEXT NOT NULL DEFAULT '';  -- works, unused; '' until somebody has tried
ALTER TABLE pass ADD COLUMN failing INTEGER;                    -- NULL: not known

-- +goose Down
ALTER TABLE pass DROP COLUMN failing;
ALTER TABLE clinic DROP COLUMN button;
