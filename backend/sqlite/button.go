package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"telehab.io/desktop/backend/profile"
)

// Button returns how far the clinic is with the button in Cliniko.
func (s *Profiles) Button(ctx context.Context) (how profile.Button, err error) {
	err = s.db.read.QueryRowContext(ctx, "SELECT button FROM clinic WHERE account_id = ?", s.account).Scan(&how)
	if errors.Is(err, sql.ErrNoRows) {
		return how, errDisconnected
	}
	return how, coded(err)
}

// SetButton stores how far the clinic is with the button.
func (s *Profiles) SetButton(ctx context.Context, how profile.Button) error {
	_, err := s.db.write.ExecContext(ctx, "UPDATE clinic SET button = ? WHERE account_id = ?", how, s.account)
	return coded(err)
}
