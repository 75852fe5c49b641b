-- For which day, and by which version of the program, the kept profiles were
-- judged last; and indexes for what every pass asks for, so that it costs
-- nothing where nobody left and everybody could be read. They hold those few
-- alone, so that an import is as fast as without.

-- +goose Up
ALTER TABLE clinic ADD COLUMN judged TEXT NOT NULL DEFAULT '';
CREATE INDEX failure_unreadable ON failure (account_id, last_failed_at) WHERE code = 'unreadable';
CREATE INDEX profile_left ON profile (account_id, state) WHERE state <> 'active';

-- +goose Down
DROP INDEX profile_left;
DROP INDEX failure_unreadable;
ALTER TABLE clinic DROP COLUMN judged;
