-- Whether a pass was run by the service: telehab sync --watch.

-- +goose Up
ALTER TABLE pass ADD COLUMN service INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE pass DROP COLUMN service;
