package window

import (
	"context"
	"time"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/window/host"
)

// Sync is the passes: those that a person asks for, and what became of all.
type Sync struct {
	access host.Access
	page   *page
}

// NewSync returns the service.
func NewSync(p Parts) *Sync { return &Sync{p.access, p.page} }

// List reads all patients from Cliniko and keeps the list for Listing and
// Import. Nothing is stored yet.
func (s *Sync) List() (ListingView, error) {
	return host.Do(s.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (ListingView, error) {
		var list *syncer.Listed
		err := c.Session.Recorded(ctx, session.MayModifyLink, staff.ListedClients, "", func() error {
			return c.Clinic.Runner.List(ctx, func(found *syncer.Listed) {
				list = found
				c.Session.SetListed(found)
			})
		})
		if err != nil {
			return ListingView{}, err
		}
		return listingView(c, list)
	})
}

func listingView(c *host.Call, l *syncer.Listed) (ListingView, error) {
	profiles, err := c.Clinic.Workspace.Directory()
	if err != nil {
		return ListingView{}, err
	}
	view := ListingView{Total: len(l.Entries), Failing: l.Failing, Ready: len(l.Entries) - l.Failing, Archived: l.Archived,
		Reasons: reasonCounts(directory.ReasonsOf(l.Entries))}
	for i := range l.Entries {
		switch known, here := profiles.One(l.Entries[i].Ref); {
		case !here:
			view.Added++
		case willChange(&known, &l.Entries[i]):
			view.Changed++
		}
	}
	return view, nil
}

// willChange reports whether storing an entry changes what is known. Of a
// record that could not be understood, the details that are known stay.
func willChange(known, entry *profile.Entry) bool {
	if entry.Failure != nil && entry.Failure.Code == profile.Unreadable {
		return known.Failure == nil || known.Failure.Code != profile.Unreadable
	}
	return len(profile.Diff(&known.Profile, &entry.Profile)) > 0
}

// Listing returns a part of what List found, until somebody leaves it.
func (s *Sync) Listing(offset, limit int) (ListingPage, error) {
	return host.Do(s.access, session.MayModifyLink, func(_ context.Context, c *host.Call) (ListingPage, error) {
		list, err := c.Session.LastListed()
		if err != nil {
			return ListingPage{}, err
		}
		page := ListingPage{Rows: []ListedRow{}, Total: len(list.Entries)}
		from := min(max(offset, 0), len(list.Entries))
		to := min(from+min(max(limit, 0), maxRows), len(list.Entries))
		for i := range list.Entries[from:to] {
			page.Rows = append(page.Rows, listedRow(&list.Entries[from+i]))
		}
		return page, nil
	})
}

// ListingSummary returns the numbers of the list that waits for Import, for a
// screen that is shown again.
func (s *Sync) ListingSummary() (ListingView, error) {
	return host.Do(s.access, session.MayModifyLink, func(_ context.Context, c *host.Call) (ListingView, error) {
		list, err := c.Session.Listed()
		if err != nil {
			return ListingView{}, err
		}
		return listingView(c, list)
	})
}

// Import stores what was listed. It continues while the window is locked.
func (s *Sync) Import() (PassView, error) {
	return host.Do(s.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (PassView, error) {
		ctx = context.WithoutCancel(ctx)
		pass, err := c.Session.Integration().Import(ctx, func(list *syncer.Listed) (profile.Pass, error) {
			return c.Clinic.Runner.Import(ctx, list, c.Session.BeginImport)
		})
		return passView(&pass), err
	})
}

// Discard forgets what was listed.
func (s *Sync) Discard() error {
	_, err := host.Do(s.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (none, error) {
		c.Session.SetListed(nil)
		c.Clinic.TellStatus(ctx)
		return none{}, nil
	})
	return err
}

// Cancel stops what runs, an import only for whoever may start one. What is
// stored stays, and the next sync resumes.
func (s *Sync) Cancel() error {
	_, err := host.Do(s.access, session.MaySync, func(ctx context.Context, c *host.Call) (none, error) {
		return none{}, c.Session.Recorded(ctx, session.MaySync, staff.CancelledSync, "", func() error {
			return c.Clinic.Runner.CancelIf(runner.ErrCancelled, func(kind runner.Kind) error {
				if kind == runner.Listing || kind == runner.Import {
					return c.Session.Require(session.MayModifyLink)
				}
				return nil
			})
		})
	})
	return err
}

// SyncedView is what a sync brought that a person asked for.
type SyncedView struct {
	Pass    PassView `json:"pass"`
	Changed int      `json:"changed"` // clients of whom something changed in Cliniko
	Added   int      `json:"added"`   // clients who are new here
}

// Now brings what is new or changed in Cliniko, or resumes an import that was
// cut off. While that is being done already, it waits for its end. It continues
// while the window is locked.
func (s *Sync) Now() (SyncedView, error) {
	return host.Do(s.access, session.MaySync, func(ctx context.Context, c *host.Call) (SyncedView, error) {
		var pass profile.Pass
		err := c.Session.Recorded(ctx, session.MaySync, staff.Synced, "", func() (err error) {
			pass, err = c.Clinic.Runner.Sync(context.WithoutCancel(ctx))
			return err
		})
		if err != nil {
			return SyncedView{}, err
		}
		return syncedView(ctx, c.Clinic, &pass)
	})
}

func syncedView(ctx context.Context, c *host.Clinic, pass *profile.Pass) (SyncedView, error) {
	view := SyncedView{Pass: passView(pass)}
	store, err := c.Workspace.Store(ctx)
	if err != nil {
		return view, err
	}
	view.Changed, view.Added, err = store.Brought(ctx, pass)
	return view, err
}

// Passes returns the newest passes, those that run or continue later included.
func (s *Sync) Passes(limit int) ([]PassView, error) {
	return host.Do(s.access, session.MayViewLink, func(ctx context.Context, c *host.Call) ([]PassView, error) {
		store, err := c.Clinic.Workspace.Store(ctx)
		if err != nil {
			return nil, err
		}
		passes, err := store.Passes(ctx, min(max(limit, 0), maxRows))
		views := []PassView{}
		for i := range passes {
			views = append(views, passView(&passes[i]))
		}
		return views, err
	})
}

// Days sums the passes since the first of these times, which begin a day
// each, the oldest first: midnights where the window is.
func (s *Sync) Days(begins []string) ([]DayView, error) {
	return host.Do(s.access, session.MayViewLink, func(ctx context.Context, c *host.Call) ([]DayView, error) {
		views := []DayView{}
		times, err := beginsOf(begins)
		if err != nil {
			return views, err
		}
		store, err := c.Clinic.Workspace.Store(ctx)
		if err != nil {
			return views, err
		}
		days, err := store.Days(ctx, times)
		for _, day := range days {
			views = append(views, DayView(day))
		}
		return views, err
	})
}

func beginsOf(texts []string) ([]time.Time, error) {
	wrong := profile.Refuse(profile.Invalid, "These are not days in their order. Write to TeleHab's support, support@vald.com.")
	if len(texts) > profile.HistoryDays {
		return nil, wrong
	}
	times := make([]time.Time, len(texts))
	for i, text := range texts {
		var err error
		if times[i], err = time.Parse(time.RFC3339, text); err != nil || i > 0 && !times[i].After(times[i-1]) {
			return nil, wrong
		}
	}
	return times, nil
}
