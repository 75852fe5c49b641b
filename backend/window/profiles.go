package window

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// Profiles are the clients that are kept here.
type Profiles struct{ parts Parts }

// NewProfiles returns the service.
func NewProfiles(p Parts) *Profiles { return &Profiles{p} }

// Find returns the rows of the profile list that fit the query.
func (p *Profiles) Find(q ProfileQuery) (ProfilePage, error) {
	return host.Do(p.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (ProfilePage, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return ProfilePage{}, err
		}
		query := q.query(c.Clinic.Time(ctx))
		query.Limit = min(query.Limit, maxRows)
		found := profiles.Find(query)
		page := ProfilePage{Rows: []ProfileRow{}, Matched: found.Matched,
			All: found.Counts.All, Attention: found.Counts.Attention, Archived: found.Counts.Archived,
			NoPhone: found.Counts.NoPhone, NoEmail: found.Counts.NoEmail, Week: found.Counts.Week, Month: found.Counts.Month}
		highlighter := profiles.Highlighter(query.Search)
		for i := range found.Entries {
			row := profileRow(&found.Entries[i])
			row.Hits = HitsView{Name: highlighter.Name(row.Name), Preferred: highlighter.Name(row.Preferred), Email: highlighter.Email(row.Email)}
			row.Phone, row.Hits.Phone = phoneHit(&highlighter, &found.Entries[i].Profile, row.Phone)
			page.Rows = append(page.Rows, row)
		}
		if found.Matched == 0 {
			page.Suggestion = profiles.Suggest(query)
		}
		return page, nil
	})
}

// phoneHit returns the phone number to show in a row, with what the search has
// hit in it: the main one, unless another one alone was hit.
func phoneHit(h *directory.Highlighter, p *profile.Profile, main string) (number string, hits []int) {
	if hits = h.Phone(main); hits != nil {
		return main, hits
	}
	for _, phone := range p.Displayed().Phones {
		if hits = h.Phone(phone.Number); hits != nil {
			return phone.Number, hits
		}
	}
	return main, nil
}

// IDs returns the ids of the rows that fit the query, of all of them if
// need be: for a selection, which holds rows that the window has not loaded.
func (p *Profiles) IDs(q ProfileQuery) ([]string, error) {
	return host.Do(p.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) ([]string, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return nil, err
		}
		return profiles.Refs(q.query(c.Clinic.Time(ctx))), nil
	})
}

// FindName returns which of the rows that fit the query is the next one whose
// name begins with what was typed, from Offset on and then from the top; -1 if
// there is none.
func (p *Profiles) FindName(q ProfileQuery, typed string) (int, error) {
	return host.Do(p.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (int, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return 0, err
		}
		return profiles.Named(q.query(c.Clinic.Time(ctx)), typed), nil
	})
}

func (q *ProfileQuery) query(now time.Time) directory.Query {
	query := directory.Query{Search: q.Search, Filter: directory.Filter(q.Filter), Sort: directory.Sort(q.Sort), Desc: q.Desc,
		Offset: max(q.Offset, 0), Limit: max(q.Limit, 0), Now: now, Narrow: directory.Narrow{NoPhone: q.NoPhone, NoEmail: q.NoEmail, Reason: directory.Reason(q.Reason)}}
	if len(q.Refs) > 0 {
		query.Narrow.Refs = q.Refs
	}
	switch q.Changed {
	case "week":
		query.Narrow.Since = directory.WeekBefore(now)
	case "month":
		query.Narrow.Since = directory.MonthBefore(now)
	}
	return query
}

// Get returns one profile from this computer, at once.
func (p *Profiles) Get(id string) (ProfileView, error) {
	return host.Do(p.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (ProfileView, error) {
		view, err := wholeProfile(ctx, c, id)
		if err == nil {
			recordOpened(ctx, c, p.parts.page.log, view.ID)
		}
		return view, err
	})
}

// Refresh reads one client from Cliniko, stores it and returns it.
func (p *Profiles) Refresh(id string) (ProfileView, error) {
	return host.Do(p.parts.access, session.MayModifyProfiles, func(ctx context.Context, c *host.Call) (ProfileView, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return ProfileView{}, profile.Refuse(profile.Invalid, "This client has no Cliniko id. Sync all clients instead.")
		}
		if err := requireCreate(c, id); err != nil {
			return ProfileView{}, err
		}
		err := c.Session.Recorded(ctx, session.MayModifyProfiles, staff.RefreshedProfile, id, func() error {
			_, err := c.Clinic.ReadClient(ctx, parsed, false)
			return err
		})
		if err != nil {
			return ProfileView{}, err
		}
		return wholeProfile(ctx, c, id)
	})
}

// History returns what changed of a profile.
func (p *Profiles) History(id string) (HistoryView, error) {
	return host.Do(p.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (HistoryView, error) {
		store, err := c.Clinic.Workspace.Store(ctx)
		if err != nil {
			return HistoryView{}, err
		}
		entry, err := store.One(ctx, id)
		if err != nil {
			return HistoryView{}, err
		}
		changes, err := store.Changes(ctx, entry.Profile.ID)
		if err != nil {
			return HistoryView{}, err
		}
		if err := c.Session.ReadHistory(ctx, id); err != nil {
			logging.Failure(p.parts.page.log, "record who read a history", err)
		}
		view := HistoryView{AddedAt: instant(entry.Profile.AddedAt), CreatedAt: instant(entry.Profile.CreatedAt), Changes: []ChangeView{}}
		for i := range changes[:min(len(changes), maxRows)] {
			view.Changes = append(view.Changes, changeView(&changes[i]))
		}
		return view, nil
	})
}

// Erase removes what is kept here of a client who has left Cliniko. own is the
// password of whoever does it.
func (p *Profiles) Erase(id, own string) error {
	_, err := host.Do(p.parts.access, session.MayEraseProfiles, func(ctx context.Context, c *host.Call) (none, error) {
		err := c.Session.EraseProfile(ctx, own, id)
		if err == nil {
			c.Clinic.TellState(ctx)
		}
		return none{}, err
	})
	return err
}

// Export writes all kept fields of all clients, as json or csv. It asks and
// returns as Attention.Export.
func (p *Profiles) Export(format, password string) (string, error) {
	return host.Do(p.parts.access, session.MayExportProfiles, func(ctx context.Context, c *host.Call) (string, error) {
		return save(ctx, c, p.parts.toolkit, c.Session.Exports().Profiles(format), password, file{"profiles", "profiles", format})
	})
}

// ExportSelected writes all kept fields of the clients with these ids. It asks
// and returns as Export, and writes nobody if one of them is gone.
func (p *Profiles) ExportSelected(ids []string, format, password string) (string, error) {
	return host.Do(p.parts.access, session.MayExportProfiles, func(ctx context.Context, c *host.Call) (string, error) {
		return save(ctx, c, p.parts.toolkit, c.Session.Exports().Selected(ids, format), password, file{"selected profiles", "selected", format})
	})
}

// CallSheet is Attention.CallSheet for the profiles that fit the query.
func (p *Profiles) CallSheet(q ProfileQuery, format, password string) (string, error) {
	return host.Do(p.parts.access, session.MayExportProfiles, func(ctx context.Context, c *host.Call) (string, error) {
		export := c.Session.Exports().ProfileCallSheet(q.query(c.Clinic.Time(ctx)), format)
		return p.parts.saveSheet(ctx, c, export, format, password)
	})
}

// OpenInCliniko shows the client's page in the browser.
func (p *Profiles) OpenInCliniko(id string) error {
	_, err := host.Do(p.parts.access, session.MayViewClients, func(ctx context.Context, c *host.Call) (none, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return none{}, profile.Refuse(profile.Invalid, "This client has no Cliniko id, so there is no page to open. Look the client up in Cliniko.")
		}
		address, err := c.Clinic.Workspace.PatientURL(ctx, parsed)
		if err != nil {
			return none{}, err
		}
		return none{}, c.Session.Recorded(ctx, session.MayViewClients, staff.OpenedInCliniko, id, func() error {
			err := p.parts.computer.browse(ctx, address)
			if err == nil {
				c.Clinic.Background.Editing()
			}
			return err
		})
	})
	return err
}

// CopyDetail puts a client's email or phone number on the clipboard, and
// takes it away after 45 seconds if it is still there. On Windows and macOS
// it stays out of the clipboard's history. Other clipboard programs may still
// keep a copy.
func (p *Profiles) CopyDetail(text string) error {
	_, err := host.Do(p.parts.access, session.MayViewClients, func(ctx context.Context, c *host.Call) (none, error) {
		return none{}, c.Session.Recorded(ctx, session.MayViewClients, staff.CopiedDetail, "", func() error {
			return p.parts.clipboard.put(text)
		})
	})
	return err
}

// wholeProfile returns one profile as it is kept here. NotFound: it is not.
func wholeProfile(ctx context.Context, c *host.Call, ref string) (ProfileView, error) {
	profiles, err := c.Clinic.Workspace.Directory()
	if err != nil {
		return ProfileView{}, err
	}
	entry, ok := profiles.One(ref)
	if !ok {
		return ProfileView{}, profile.Refuse(profile.NotFound, "This client is not on this computer yet. Sync, or look the client up in Cliniko.")
	}
	now := c.Clinic.Time(ctx)
	view := profileView(&entry, now)
	view.addShared(profiles.SharingContact(&entry))
	store, err := c.Clinic.Workspace.Store(ctx)
	if err != nil {
		return ProfileView{}, err
	}
	keep, err := store.Retention(ctx)
	if err != nil {
		return ProfileView{}, err
	}
	today, err := c.Session.Today().Read(ctx, now)
	if err != nil {
		return ProfileView{}, err
	}
	delivery, err := c.Session.Hub().Delivery(ctx, ref)
	if err != nil {
		return ProfileView{}, err
	}
	view.Hub = deliveryView(&delivery)
	view.Pinned = slices.Contains(today.Pinned, ref)
	view.ErasedAt = instant(keep.ErasedAt(&entry.Profile))
	for _, merged := range profiles.MergedInto(entry.Profile.ID) {
		if len(view.Merged) == maxMerged {
			break
		}
		shown := merged.Profile.Displayed()
		view.Merged = append(view.Merged, MergedView{ID: merged.Ref, Name: shown.ShownName()})
	}
	return view, nil
}

// recordOpened adds to the audit trail that somebody looks at a client. A
// failure to record does not block the profile; it is logged.
func recordOpened(ctx context.Context, c *host.Call, log zerolog.Logger, ref string) {
	if err := c.Session.OpenedProfile(ctx, ref); err != nil {
		logging.Failure(log, "record who opened a profile", err)
	}
}

// requireCreate checks that a client who was never seen here may be fetched.
func requireCreate(c *host.Call, ref string) error {
	profiles, err := c.Clinic.Workspace.Directory()
	if err != nil {
		return err
	}
	if _, known := profiles.One(ref); known {
		return nil
	}
	return c.Session.Require(session.MayCreateProfiles)
}
