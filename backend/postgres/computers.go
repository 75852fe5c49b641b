package postgres

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

// Computer is one of a clinic's.
type Computer struct {
	ID      string
	Name    string // "" where its row was changed outside
	Version string // of its TeleHab
	Joined  time.Time
	Seen    time.Time // by the database's clock
	Syncs   bool      // it was elected to sync
}

// computer is the content of a computer's sealed column. That only the clinic could
// write it proves the public key: the database's owner cannot add one of their own.
type computer struct{ Name, Recipient string }

// removedNow says in a query whose first value is a computer that it was removed.
const removedNow = "coalesce((SELECT revoked_at IS NOT NULL FROM computer WHERE id = $1), false)"

// errRemoved says that this computer is none of the clinic's any more.
var errRemoved = profile.Because(profile.ComputerRemoved, nil)

// syncLockHeld says in a query with the lock's number that some computer syncs.
const syncLockHeld = `EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint) = $1)`

// Computers returns those of the clinic, in the order in which they joined.
func (db *DB) Computers(ctx context.Context) ([]Computer, error) {
	return collect(ctx, db.pool, func(from pgx.CollectableRow) (c Computer, err error) {
		var sealed []byte
		if err := from.Scan(&c.ID, &sealed, &c.Version, &c.Joined, &c.Seen, &c.Syncs); err != nil {
			return c, err
		}
		in, _ := db.openComputer(c.ID, sealed)
		c.Name = in.Name
		return c, nil
	}, "SELECT id, sealed, version, joined_at, seen_at, id = (SELECT leader FROM clinic) AND "+syncLockHeld+` FROM computer
		WHERE revoked_at IS NULL ORDER BY joined_at, id`, lockOf("sync"))
}

func (db *DB) openComputer(id string, sealed []byte) (c computer, err error) {
	plain, err := db.keys.open(sealed, computerRow(id))
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	return c, err
}

// SeenHere records that this computer has reached the database.
func (db *DB) SeenHere(ctx context.Context, version string) error {
	_, err := db.pool.Exec(ctx, "UPDATE computer SET seen_at = now(), version = $2 WHERE id = $1", db.computer, version)
	return coded(err)
}

// addComputer makes this computer one of the clinic's.
func (db *DB) addComputer(ctx context.Context, tx pgx.Tx, keys *keyring, c computer, version string) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue("INSERT INTO computer (id, key, sealed, version) VALUES ($1, $2, $3, $4)", db.computer, keys.latest(), keys.seal(plain, computerRow(db.computer)), version)
	for number, key := range keys.all() {
		wrapped, err := wrap(key, c.Recipient)
		if err != nil {
			return err
		}
		batch.Queue("INSERT INTO wrapped_key (computer, version, wrapped) VALUES ($1, $2, $3)", db.computer, number, wrapped)
	}
	return run(ctx, tx, batch)
}

// InvitationLasts is for how long a computer may join with a code.
const InvitationLasts = 24 * time.Hour

// Invite lets one further computer join, within InvitationLasts. It returns the secret
// that is for that computer alone.
func (db *DB) Invite(ctx context.Context) (secret string, err error) {
	once, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("make a join code: %w", err)
	}
	recipient := once.Recipient().String()
	err = db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		wrapped, err := wrapAll(db.keys.all(), recipient)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue("DELETE FROM invitation WHERE expires_at < now()")
		batch.Queue("INSERT INTO invitation (recipient, wrapped, expires_at) VALUES ($1, $2, now() + $3)", recipient, wrapped, InvitationLasts)
		return run(ctx, tx, batch)
	})
	return once.String(), err
}

var errNotInvited = profile.Refuse(profile.Invalid,
	"This join code was used already, is older than 24 hours, or a computer was removed since. Have another one made with telehab computers add.")

// Join makes this computer one of the clinic's, by the secret of an invitation, which
// is then used up. Afterwards Open opens the store with the computer's identity.
//
// Errors: Invalid for an invitation that does not count, and those of Open.
func Join(ctx context.Context, o Options, secret, name, version string) error {
	recipient, err := recipientOf(o.Identity)
	if err != nil {
		return err
	}
	invited, err := recipientOf(secret)
	if err != nil {
		return profile.Refuse(profile.Invalid, "This is not a whole join code. Copy it once more.")
	}
	db, err := connect(ctx, o)
	if err != nil {
		return err
	}
	defer db.Close()
	return coded(pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var newest uint16
		if err := tx.QueryRow(ctx, "SELECT newest_key FROM clinic FOR UPDATE").Scan(&newest); err != nil && !isNone(err) {
			return err
		}
		var wrapped []byte
		err := tx.QueryRow(ctx, "DELETE FROM invitation WHERE recipient = $1 AND expires_at > now() RETURNING wrapped", invited).Scan(&wrapped)
		if isNone(err) {
			return errNotInvited
		}
		if err != nil {
			return err
		}
		versions, err := unwrapAll(wrapped, secret)
		if err != nil {
			return because(profile.StoreKeyLost, err, keyLost)
		}
		keys, err := newKeyring(versions)
		if err != nil || keys.latest() != newest {
			return errNotInvited
		}
		return db.addComputer(ctx, tx, keys, computer{name, recipient}, version)
	}))
}

// Remove makes a computer none of the clinic's any more: from now on it writes
// nothing, and what is written has another key, which it does not get. A Leader seals
// everything anew: see Reseal. Join codes that were not used do not count any more.
//
// Errors: NotFound; Invalid for this computer itself, which leaves by Leave.
func (db *DB) Remove(ctx context.Context, id string) error {
	if id == db.computer {
		return profile.Refuse(profile.Invalid, "This is the computer that you are using. To take it out of the clinic, run telehab share --stop here.")
	}
	return db.without(ctx, id, "UPDATE computer SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL")
}

// Leave makes this computer none of the clinic's any more, as Remove does another one.
// Nothing tells it to erase its copy.
func (db *DB) Leave(ctx context.Context) error {
	return db.without(ctx, db.computer, "DELETE FROM computer WHERE id = $1")
}

// without removes a computer by a statement, and changes the key.
func (db *DB) without(ctx context.Context, id, remove string) error {
	number, key := uint16(0), make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails: it would end the program
	err := db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		removed, err := tx.Exec(ctx, remove, id)
		if err != nil {
			return err
		}
		if removed.RowsAffected() == 0 {
			return profile.Refuse(profile.NotFound, "The clinic has no such computer. telehab computers lists them.")
		}
		number = db.keys.latest() + 1
		batch := &pgx.Batch{}
		batch.Queue("DELETE FROM wrapped_key WHERE computer = $1", id)
		batch.Queue("DELETE FROM invitation")
		if err := db.queueNextKey(ctx, tx, batch, number, key); err != nil {
			return err
		}
		batch.Queue("UPDATE clinic SET newest_key = $1", number)
		return run(ctx, tx, batch)
	})
	if err != nil {
		return err
	}
	return db.keys.add(map[uint16][]byte{number: key})
}

// queueNextKey wraps another version of the key for all computers. One whose row was
// made outside gets none.
func (db *DB) queueNextKey(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, number uint16, key []byte) error {
	next, err := newKeyring(map[uint16][]byte{number: key})
	if err != nil {
		return err
	}
	type row struct {
		ID     string
		Sealed []byte
	}
	rows, err := collect(ctx, tx, pgx.RowToStructByPos[row], "SELECT id, sealed FROM computer WHERE revoked_at IS NULL")
	if err != nil {
		return err
	}
	for _, r := range rows {
		c, err := db.openComputer(r.ID, r.Sealed)
		if err != nil {
			continue
		}
		wrapped, err := wrap(key, c.Recipient)
		if err != nil {
			return err
		}
		plain, err := json.Marshal(c)
		if err != nil {
			return err
		}
		batch.Queue("INSERT INTO wrapped_key (computer, version, wrapped) VALUES ($1, $2, $3)", r.ID, number, wrapped)
		batch.Queue("UPDATE computer SET key = $2, sealed = $3 WHERE id = $1", r.ID, number, next.seal(plain, computerRow(r.ID)))
	}
	return nil
}

// APIKey returns Cliniko's key, by which any computer may sync; "" where there is
// none.
func (db *DB) APIKey(ctx context.Context) (key string, err error) {
	err = db.withNewestKey(ctx, func() error {
		var account, sealed []byte
		var newest uint16
		if err := db.pool.QueryRow(ctx, "SELECT account, api_key, newest_key FROM clinic").Scan(&account, &sealed, &newest); err != nil || sealed == nil {
			return coded(err)
		}
		if newest > db.keys.latest() {
			return errNewKey
		}
		plain, err := db.keys.open(sealed, apiKeyRow(account))
		if err != nil {
			return damaged(errors.Join(errors.New("the API key in the database"), err))
		}
		key = string(plain)
		return nil
	})
	return key, err
}
