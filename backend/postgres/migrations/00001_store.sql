-- The store of one clinic. All that says something of a client, a person or the
-- clinic lies in columns that hold sealed values (see keys.go): what is named
-- head, details, failure or sealed. A client's ref is a keyed hash of the id. In
-- clear are states, numbers, codes, and times at which something was stored
-- (microseconds since 1970, UTC).

-- +goose Up
CREATE TABLE clinic (
  one                     boolean PRIMARY KEY DEFAULT true CHECK (one),
  n                       bigint NOT NULL DEFAULT 0,     -- the number of the last change, in the order of commits
  revision                bigint NOT NULL DEFAULT 0,     -- the last of them that changed a client
  horizon                 bigint NOT NULL DEFAULT 0,     -- the last of them of which an erased row is no longer known
  epoch                   bigint NOT NULL DEFAULT 0,     -- raised by each election
  index_key               bytea NOT NULL,                -- sealed: what the hashes of refs are keyed with
  account                 bytea,                         -- keyed hash; NULL: no clinic is connected
  sealed                  bytea,
  api_key                 bytea,                         -- sealed: Cliniko's, so that any computer can sync
  key                     integer NOT NULL,              -- the earliest version of the key that one of these is sealed with
  newest_key              integer NOT NULL DEFAULT 1,    -- the version that everything is sealed with from now on
  leader                  text,                          -- the computer that was elected last
  changed_cursor          bigint,
  archived_cursor         bigint,
  full_at                 bigint,
  active_in_cliniko       integer NOT NULL DEFAULT 0,
  counted_at              bigint,
  drift                   integer NOT NULL DEFAULT 0,
  judged                  text NOT NULL DEFAULT '',
  archived_days           integer NOT NULL DEFAULT 90,
  deleted_days            integer NOT NULL DEFAULT 7,
  quick_unlock_forbidden  boolean NOT NULL DEFAULT false,
  idle_minutes            integer NOT NULL DEFAULT 10,
  last_event              bigint NOT NULL DEFAULT 0,
  missing_n               bigint NOT NULL DEFAULT 0,     -- the last of them that changed who is missing
  history_from            bigint,                        -- history and passes before then were erased
  events_from             bigint                         -- and events
);

-- A client: a profile, a failure, or both. Of one who was erased the row stays
-- for a while, empty, so that the copies on other computers follow.
CREATE TABLE client (
  ref         bytea PRIMARY KEY,
  n           bigint NOT NULL,
  born        bigint NOT NULL,                           -- the change since which something is stored, after an erasure too
  state       text NOT NULL CHECK (state IN ('active', 'archived', 'merged', 'deleted', 'none', 'erased')),
  key         integer NOT NULL,                          -- the earliest version of a key that a value of the row is sealed with
  head        bytea,                                     -- ids, times and what authenticates the row; NULL without a profile
  details     bytea,
  failure     bytea,
  unreadable  boolean NOT NULL DEFAULT false,            -- the failure is of a record that could not be read
  erased_at   bigint
);
CREATE INDEX client_by_change ON client (n);
CREATE INDEX client_left ON client (state) WHERE state NOT IN ('active', 'none');
CREATE INDEX client_failing ON client (ref) WHERE failure IS NOT NULL;

-- Which fields of a profile one reading changed.
CREATE TABLE change (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ref      bytea NOT NULL,
  n        bigint NOT NULL,
  pass_id  bigint NOT NULL,                              -- 0: somebody opened the client
  at       bigint NOT NULL,
  key      integer NOT NULL,
  sealed   bytea NOT NULL
);
CREATE INDEX change_of_client ON change (ref, at);
CREATE INDEX change_by_age ON change (at);
CREATE INDEX change_by_change ON change (n);

CREATE TABLE pass (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  n           bigint NOT NULL,
  kind        text NOT NULL,
  started_at  bigint,
  ended_at    bigint,                                    -- NULL while it runs or can be resumed
  error       text NOT NULL DEFAULT '',
  requests    integer NOT NULL DEFAULT 0,
  expected    integer NOT NULL DEFAULT 0,
  total       integer NOT NULL DEFAULT 0,
  synced      integer NOT NULL DEFAULT 0,
  unchanged   integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  archived    integer NOT NULL DEFAULT 0,
  added       integer NOT NULL DEFAULT 0,
  failing     integer,                                   -- NULL: not known
  service     boolean NOT NULL DEFAULT false
);

-- What an unfinished pass has stored: pages, and what it did with each patient.
CREATE TABLE page (
  pass_id  bigint NOT NULL REFERENCES pass ON DELETE CASCADE,
  number   integer NOT NULL,
  PRIMARY KEY (pass_id, number)
);
CREATE TABLE seen (
  pass_id  bigint NOT NULL REFERENCES pass ON DELETE CASCADE,
  ref      bytea NOT NULL,
  outcome  text NOT NULL,
  PRIMARY KEY (pass_id, ref)
);

-- About whom a person has to decide, or has decided.
CREATE TABLE missing (
  ref     bytea PRIMARY KEY,
  answer  smallint NOT NULL DEFAULT 0,
  key     integer NOT NULL,
  sealed  bytea NOT NULL                                 -- the ref itself
);

-- See profile.Clock: what each computer has learnt by its own clock.
CREATE TABLE clock (
  computer        text PRIMARY KEY,
  believed        bigint,
  latest          bigint NOT NULL,
  anchor_clinic   bigint,
  anchor_here     bigint,
  reached         bigint,
  doubted_clinic  bigint,
  doubted_here    bigint
);

CREATE TABLE person (
  id          text PRIMARY KEY,                          -- random
  n           bigint NOT NULL,
  created_at  bigint,
  key         integer NOT NULL,
  sealed      bytea NOT NULL
);

CREATE TABLE today (
  person  bytea PRIMARY KEY,                             -- keyed hash of the id
  n       bigint NOT NULL,
  key     integer NOT NULL,
  sealed  bytea NOT NULL
);

CREATE TABLE audit (
  id        bigint PRIMARY KEY,                          -- in the order of commits
  n         bigint NOT NULL,
  known_by  bigint,                                      -- the first of Cliniko's times that was believed afterwards
  finished  boolean NOT NULL,
  ticket    bytea,                                       -- random, of a computer that delivers events later
  key       integer NOT NULL,
  sealed    bytea NOT NULL
);
CREATE INDEX audit_open ON audit (id) WHERE known_by IS NULL;
CREATE UNIQUE INDEX audit_by_ticket ON audit (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX audit_by_change ON audit (n);
CREATE INDEX audit_unfinished ON audit (id) WHERE NOT finished;

-- The computers of the clinic. One that was removed stays, so that it learns of it.
CREATE TABLE computer (
  id          text PRIMARY KEY,                          -- random
  key         integer NOT NULL,
  sealed      bytea NOT NULL,                            -- its name, and the public key that the clinic's key is wrapped for
  version     text NOT NULL DEFAULT '',                  -- of its TeleHab
  joined_at   timestamptz NOT NULL DEFAULT now(),
  seen_at     timestamptz NOT NULL DEFAULT now(),
  revoked_at  timestamptz
);

-- The versions of the clinic's key, each wrapped for each computer.
CREATE TABLE wrapped_key (
  computer  text NOT NULL REFERENCES computer ON DELETE CASCADE,
  version   integer NOT NULL,
  wrapped   bytea NOT NULL,
  PRIMARY KEY (computer, version)
);

-- Join codes that were not used yet: all versions of the key, wrapped for the code.
CREATE TABLE invitation (
  recipient   text PRIMARY KEY,
  wrapped     bytea NOT NULL,
  expires_at  timestamptz NOT NULL
);

-- See profile.Traffic. Times are microseconds of the store's clock.
CREATE TABLE traffic (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  closed_at   bigint NOT NULL DEFAULT 0,
  closed_for  bigint NOT NULL DEFAULT 0,
  person      bigint NOT NULL DEFAULT 0,
  places      bigint[] NOT NULL DEFAULT '{}'             -- until and holder of each, one after the other
);
INSERT INTO traffic DEFAULT VALUES;

-- The outbox for VALD Hub: see profile.Delivery. A trigger writes it, so that no
-- change of a client is without its delivery.
CREATE TABLE hub (
  one          boolean PRIMARY KEY DEFAULT true CHECK (one),
  sending      boolean NOT NULL,
  compared_at  bigint,
  deviations   integer NOT NULL DEFAULT 0,
  key          integer NOT NULL,
  sealed       bytea NOT NULL
);
CREATE TABLE delivery (
  ref      bytea PRIMARY KEY,
  state    text NOT NULL DEFAULT 'pending',
  reason   text NOT NULL DEFAULT '',
  version  bigint NOT NULL DEFAULT 1,
  since    bigint,
  due      bigint NOT NULL DEFAULT 0,
  tries    integer NOT NULL DEFAULT 0,
  known    boolean NOT NULL DEFAULT false,               -- VALD Hub may have a profile that was sent
  key      integer NOT NULL DEFAULT 32767,               -- the version of the key that it is sealed with
  sealed   bytea                                         -- NULL: nothing
);
CREATE INDEX delivery_by_state ON delivery (state, due);
CREATE INDEX client_active ON client (ref) WHERE state = 'active' OR state = 'none' AND failure IS NOT NULL;

-- The delivery of a client after a change.
-- +goose StatementBegin
CREATE FUNCTION deliver(changed client) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changed.state = 'active' OR changed.state = 'none' AND changed.failure IS NOT NULL THEN
    INSERT INTO delivery (ref) VALUES (changed.ref)
      ON CONFLICT (ref) DO UPDATE SET version = delivery.version + 1, due = 0, tries = 0, reason = '',
        state = CASE WHEN delivery.state IN ('unsure', 'accepted') THEN delivery.state ELSE 'pending' END;
  ELSIF changed.state IN ('none', 'erased') THEN
    DELETE FROM delivery WHERE ref = changed.ref;
  ELSE
    DELETE FROM delivery WHERE ref = changed.ref AND NOT known;
    UPDATE delivery SET state = 'left', reason = '', version = version + 1 WHERE ref = changed.ref AND state <> 'left';
  END IF;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION client_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Sealing a client anew changes nothing that is delivered.
  IF EXISTS (SELECT 1 FROM hub WHERE sending) AND current_setting('telehab.resealing', true) IS DISTINCT FROM 'on' THEN
    PERFORM deliver(NEW);
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER deliver_new AFTER INSERT ON client FOR EACH ROW EXECUTE FUNCTION client_changed();
CREATE TRIGGER deliver_changed AFTER UPDATE ON client FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.details IS DISTINCT FROM NEW.details OR (OLD.failure IS NULL) <> (NEW.failure IS NULL))
  EXECUTE FUNCTION client_changed();

-- +goose Down
DROP TRIGGER deliver_changed ON client;
DROP TRIGGER deliver_new ON client;
DROP FUNCTION client_changed;
DROP FUNCTION deliver;
DROP TABLE delivery;
DROP TABLE hub;
DROP TABLE traffic;
DROP TABLE invitation;
DROP TABLE wrapped_key;
DROP TABLE computer;
DROP TABLE audit;
DROP TABLE today;
DROP TABLE person;
DROP TABLE clock;
DROP TABLE missing;
DROP TABLE seen;
DROP TABLE page;
DROP TABLE pass;
DROP TABLE change;
DROP TABLE client;
DROP TABLE clinic;
