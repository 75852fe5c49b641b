package workspace

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
)

// data is the store of a clinic: this computer's own, or the copy of one that several
// computers share.
type data interface {
	staff.PersonStore
	staff.AuditTrail
	Clinic(ctx context.Context) (profile.Clinic, error)
	Connect(ctx context.Context, c profile.Clinic, now time.Time) error
	IdleMinutes(ctx context.Context) (int, error)
	SetIdleMinutes(ctx context.Context, minutes int) error
	Clock(ctx context.Context) (profile.Clock, error)
}

var (
	_ data    = (*sqlite.DB)(nil)
	_ data    = (*replica.Store)(nil)
	_ Clients = (*sqlite.Profiles)(nil)
	_ Clients = (*replica.Profiles)(nil)
)

// db is the store that the workspace works on now.
func (w *Workspace) db() data {
	if s := w.shared.Load(); s != nil {
		return s.store
	}
	return w.local
}

// Clients is the connected clinic's part of the store.
type Clients interface {
	Profiles
	History
	Decisions
	staff.TodayStore
	profile.DeliveryStore
	ImportedAt(ctx context.Context) (time.Time, error)
	ChangedSince(ctx context.Context, since time.Time, most int) (ids []profile.ID, clients int, err error)
	FailingSince(ctx context.Context, since time.Time) (clients int, err error)
	Store() profile.Store
}

// Profiles are the clients as they are stored.
type Profiles interface {
	One(ctx context.Context, ref string) (profile.Entry, error)
	All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error)
	Failures(ctx context.Context) ([]profile.Failure, error)
	Tally(ctx context.Context) (profile.Tally, error)
	Changes(ctx context.Context, id profile.ID) ([]profile.Change, error)
	Retries(ctx context.Context) ([]profile.Retry, error)
	Revision(ctx context.Context) (int64, error)
	Save(ctx context.Context, b profile.Batch) ([]profile.Entry, error)
}

// History is what passes have done.
type History interface {
	Passes(ctx context.Context, most int) ([]profile.Pass, error)
	LastFull(ctx context.Context) (profile.Pass, error)
	LastGood(ctx context.Context) (profile.Pass, error)
	Brought(ctx context.Context, p *profile.Pass) (changed, added int, err error)
	Days(ctx context.Context, begins []time.Time) ([]profile.Day, error)
	Cursors(ctx context.Context) (profile.Cursors, error)
}

// Decisions are what people have decided.
type Decisions interface {
	Missing(ctx context.Context) ([]string, error)
	NewlyMissing(ctx context.Context) ([]string, error)
	Decided(ctx context.Context) (staying, going []string, err error)
	ShowMissing(ctx context.Context, refs []string) error
	AcceptMissing(ctx context.Context, refs []string) error
	KeepMissing(ctx context.Context) (kept int, err error)
	Distrust(ctx context.Context, refs []string) error
	Erase(ctx context.Context, ref string) error
	Settings
}

// Settings are a clinic's.
type Settings interface {
	Clock(ctx context.Context) (profile.Clock, error)
	Retention(ctx context.Context) (profile.Retention, error)
	SetRetention(ctx context.Context, r profile.Retention) error
	Button(ctx context.Context) (profile.Button, error)
	SetButton(ctx context.Context, how profile.Button) error
}

// clients returns the part of the store that belongs to a clinic.
func (w *Workspace) clients(account string) Clients {
	if s := w.shared.Load(); s != nil {
		return s.candidate.Profiles(account, w.clocks.now)
	}
	return w.local.Profiles(account, w.clocks.now)
}

// traffic is the record of requests to Cliniko of all who share its limit.
func (w *Workspace) traffic() profile.TrafficStore {
	if s := w.shared.Load(); s != nil {
		return s.store.Traffic(w.clocks.uptime)
	}
	return w.local.Traffic(w.clocks.uptime)
}

// people are those of the store that the workspace works on now.
type people struct{ *Workspace }

var _ staff.PersonStore = people{}

func (p people) People(ctx context.Context) ([]staff.Person, error) { return p.db().People(ctx) }

func (p people) ChangePeople(ctx context.Context, decide func([]staff.Person) (staff.Person, error)) error {
	return p.db().ChangePeople(ctx, decide)
}

func (p people) QuickUnlockForbidden(ctx context.Context) (bool, error) {
	return p.db().QuickUnlockForbidden(ctx)
}

func (p people) ForbidQuickUnlock(ctx context.Context, forbidden bool) error {
	return p.db().ForbidQuickUnlock(ctx, forbidden)
}

func (p people) CountTries(ctx context.Context, email string, now, forgetAfter time.Duration, count func(staff.Tries) staff.Tries) error {
	return p.db().CountTries(ctx, email, now, forgetAfter, count)
}
