-- For which day, and by which version of the program, the kept profiles were
-- judged last; and indexes for what every pass asks for, so that it costs
-- nothing where nobody left and everybody could be read.

-- +goose Up
ALTER TABLE clinic ADD COLUMN judged TEXT NOT NULL DEFAULT '';
CREATE INDEX failure_by_code ON failure (account_id, code);
CREATE INDEX profile_by_state ON profile (account_id, state);

-- +goose Down
DROP INDEX profile_by_state;
DROP INDEX failure_by_code;
ALTER TABLE clinic DROP COLUMN judged;
