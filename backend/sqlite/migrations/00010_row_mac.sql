-- A keyed hash of each profile's whole row: the columns in clear, and the sealed
-- one by its tag. Rows of before get theirs when the store is opened (mac.go).

-- +goose Up
ALTER TABLE profile ADD COLUMN mac BLOB NOT NULL DEFAULT x'';

-- +goose Down
ALTER TABLE profile DROP COLUMN mac;
