package replica

import (
	"context"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/storecopy"
)

// Computer is one of the clinic's.
type Computer = postgres.Computer

// Computers returns those of the clinic. It needs the database.
func (s *Store) Computers(ctx context.Context) (all []Computer, err error) {
	err = s.ask(ctx, func(db *postgres.DB) error {
		all, err = db.Computers(ctx)
		return err
	})
	return all, err
}

// Invite returns the secret with which one further computer may join: see
// postgres.DB.Invite.
func (s *Store) Invite(ctx context.Context) (secret string, err error) {
	err = s.change(ctx, func(db *postgres.DB) error {
		secret, err = db.Invite(ctx)
		return err
	})
	return secret, err
}

// Remove makes a computer none of the clinic's any more: see postgres.DB.Remove.
func (s *Store) Remove(ctx context.Context, id string) error {
	return s.change(ctx, func(db *postgres.DB) error { return db.Remove(ctx, id) })
}

// Leave makes this computer none of the clinic's any more, once the copy has
// everything.
func (s *Store) Leave(ctx context.Context) error {
	if err := s.CatchUp(ctx); err != nil {
		return err
	}
	return s.change(ctx, func(db *postgres.DB) error { return db.Leave(ctx) })
}

// Outbox returns what is on the way to VALD Hub.
func (s *Store) Outbox(ctx context.Context, account string) (outbox storecopy.Outbox, err error) {
	err = s.ask(ctx, func(db *postgres.DB) error {
		clients := db.Profiles(account, s.options.Now)
		if outbox.Sending, err = clients.Sending(ctx); err != nil {
			return err
		}
		outbox.Deliveries, err = clients.Deliveries(ctx, profile.DeliveryQuery{States: profile.DeliveryStates})
		return err
	})
	return outbox, err
}

// APIKey returns Cliniko's key. It needs the database.
func (s *Store) APIKey(ctx context.Context) (key string, err error) {
	err = s.ask(ctx, func(db *postgres.DB) error {
		key, err = db.APIKey(ctx)
		return err
	})
	return key, err
}

// ConnectWith is Connect with the API key that all computers use from now on.
func (s *Store) ConnectWith(ctx context.Context, c profile.Clinic, now time.Time, apiKey []byte) error {
	return s.change(ctx, func(db *postgres.DB) error { return db.ConnectWith(ctx, c, now, apiKey) })
}

// SetIdleMinutes changes after how many idle minutes a window locks, on all computers.
func (s *Store) SetIdleMinutes(ctx context.Context, minutes int) error {
	return s.change(ctx, func(db *postgres.DB) error { return db.SetIdleMinutes(ctx, minutes) })
}

// IdleMinutes returns that.
func (s *Store) IdleMinutes(ctx context.Context) (int, error) { return s.local.IdleMinutes(ctx) }

// Clock returns what is known of Cliniko's time.
func (s *Store) Clock(ctx context.Context) (profile.Clock, error) { return s.local.Clock(ctx) }

// Copy is the copy on this computer.
func (s *Store) Copy() *sqlite.DB { return s.local }

// ask asks the database for what no copy has.
func (s *Store) ask(ctx context.Context, what func(*postgres.DB) error) error {
	db, err := s.there(ctx)
	if err == nil {
		err = what(db)
	}
	if profile.CodeOf(err) == profile.ComputerRemoved {
		s.note(err)
	}
	return err
}
