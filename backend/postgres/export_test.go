package postgres

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// SaveHeld is Save whose transaction waits for hold once it has written.
func (s *Profiles) SaveHeld(ctx context.Context, e profile.Entry, hold func()) error {
	ready, err := s.Prepare(profile.Batch{Entries: []profile.Entry{e}})
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		w := &writer{Profiles: s, Moment: storerules.Moment{At: s.now()}, tx: tx}
		_, err := w.save(ctx, ready.(*prepared))
		hold()
		return err
	})
}

// Coded is the error for a person to read.
func Coded(err error) error { return coded(err) }

// IsPrivate says whether the address leads to this computer, or there by
// verified TLS.
func IsPrivate(address string) bool {
	_, err := parse(Options{Address: address})
	return err == nil
}
