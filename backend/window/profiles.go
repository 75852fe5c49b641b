package window

import (
	"context"
	"time"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// Profiles are the clients that are kept here.
type Profiles struct{ parts Parts }

// NewProfiles returns the service.
func NewProfiles(p Parts) *Profiles { return &Profiles{p} }

// mayOpen is who may see profiles.
var mayOpen = session.AnyOf(staff.Practitioner)

// Find returns the rows of the profile list that fit the query.
func (p *Profiles) Find(q ProfileQuery) (ProfilePage, error) {
	return host.Do(p.parts.door, mayOpen, func(ctx context.Context, c *host.Call) (ProfilePage, error) {
		directory, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return ProfilePage{}, err
		}
		query := q.query(c.Clinic.Time(ctx))
		query.Limit = min(query.Limit, maxRows)
		found := directory.Find(query)
		page := ProfilePage{Rows: []ProfileRow{}, Matched: found.Matched,
			All: found.Counts.All, Attention: found.Counts.Attention, Archived: found.Counts.Archived,
			NoPhone: found.Counts.NoPhone, NoEmail: found.Counts.NoEmail, Week: found.Counts.Week, Month: found.Counts.Month}
		highlighter := directory.Highlighter(query.Search)
		for i := range found.Entries {
			row := profileRow(&found.Entries[i])
			row.Hits = HitsView{Name: highlighter.Name(row.Name), Preferred: highlighter.Name(row.Preferred),
				Email: highlighter.Email(row.Email), Phone: highlighter.Phone(row.Phone)}
			page.Rows = append(page.Rows, row)
		}
		return page, nil
	})
}

// IDs returns the ids of the rows that fit the query, of all of them if
// need be: for a selection, which holds rows that the window has not loaded.
func (p *Profiles) IDs(q ProfileQuery) ([]string, error) {
	return host.Do(p.parts.door, mayOpen, func(ctx context.Context, c *host.Call) ([]string, error) {
		directory, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return nil, err
		}
		return directory.Refs(q.query(c.Clinic.Time(ctx))), nil
	})
}

// FindName returns which of the rows that fit the query is the next one whose
// name begins with what was typed, from Offset on and then from the top; -1 if
// there is none.
func (p *Profiles) FindName(q ProfileQuery, typed string) (int, error) {
	return host.Do(p.parts.door, mayOpen, func(ctx context.Context, c *host.Call) (int, error) {
		directory, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return 0, err
		}
		return directory.Named(q.query(c.Clinic.Time(ctx)), typed), nil
	})
}

func (q *ProfileQuery) query(now time.Time) directory.Query {
	query := directory.Query{Search: q.Search, Filter: directory.Filter(q.Filter), Sort: directory.Sort(q.Sort), Desc: q.Desc,
		Offset: max(q.Offset, 0), Limit: max(q.Limit, 0), Now: now, Narrow: directory.Narrow{NoPhone: q.NoPhone, NoEmail: q.NoEmail}}
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
	return host.Do(p.parts.door, mayOpen, func(ctx context.Context, c *host.Call) (ProfileView, error) {
		view, err := wholeProfile(ctx, c.Clinic, id)
		if err == nil {
			recordOpened(ctx, c, p.parts.page.log, view.ID)
		}
		return view, err
	})
}

// Refresh reads one client from Cliniko, stores it and returns it.
func (p *Profiles) Refresh(id string) (ProfileView, error) {
	return host.Do(p.parts.door, session.AnyOf(staff.ModifyProfiles), func(ctx context.Context, c *host.Call) (ProfileView, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return ProfileView{}, profile.Refuse(profile.Invalid, "This client has no Cliniko id. Sync all clients instead.")
		}
		if err := requireCreate(c, id); err != nil {
			return ProfileView{}, err
		}
		entry, err := refresh(ctx, c.Clinic, parsed)
		if err != nil {
			return ProfileView{}, err
		}
		// Unchanged details are not passed on, but their age is new.
		c.Clinic.Workspace.Apply([]profile.Entry{entry})
		c.Clinic.TellState(ctx)
		return wholeProfile(ctx, c.Clinic, id)
	})
}

// History returns what changed of a profile.
func (p *Profiles) History(id string) (HistoryView, error) {
	return host.Do(p.parts.door, mayOpen, func(ctx context.Context, c *host.Call) (HistoryView, error) {
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
		view := HistoryView{AddedAt: instant(entry.Profile.AddedAt), CreatedAt: instant(entry.Profile.CreatedAt), Changes: []ChangeView{}}
		for i := range changes {
			view.Changes = append(view.Changes, changeView(&changes[i]))
		}
		return view, nil
	})
}

// Erase removes what is kept here of a client who has left Cliniko.
func (p *Profiles) Erase(id string) error {
	_, err := host.Do(p.parts.door, session.MayErase, func(ctx context.Context, c *host.Call) (none, error) {
		err := c.Session.EraseProfile(ctx, id)
		if err == nil {
			c.Clinic.TellState(ctx)
		}
		return none{}, err
	})
	return err
}

// Export writes all kept fields of all clients, as json or csv. It asks and
// returns as Integration.ExportFailures.
func (p *Profiles) Export(format, password string) (string, error) {
	return host.Do(p.parts.door, session.MayExportProfiles, func(ctx context.Context, c *host.Call) (string, error) {
		return save(ctx, c, p.parts.toolkit, c.Session.ExportProfiles(format), password, file{"profiles", "profiles", format})
	})
}

// ExportSelected writes all kept fields of the clients with these ids. It asks
// and returns as Export, and writes nobody if one of them is gone.
func (p *Profiles) ExportSelected(ids []string, format, password string) (string, error) {
	return host.Do(p.parts.door, session.MayExportProfiles, func(ctx context.Context, c *host.Call) (string, error) {
		return save(ctx, c, p.parts.toolkit, c.Session.ExportSelected(ids, format), password, file{"selected profiles", "selected", format})
	})
}

// mayReach is who meets clients in either area.
var mayReach = session.AnyOf(staff.Practitioner, staff.PMSLink)

// OpenInCliniko shows the client's page in the browser.
func (p *Profiles) OpenInCliniko(id string) error {
	_, err := host.Do(p.parts.door, mayReach, func(ctx context.Context, c *host.Call) (none, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return none{}, profile.Refuse(profile.Invalid, "This client has no Cliniko id, so there is no page to open. Look the client up in Cliniko.")
		}
		address, err := c.Clinic.Workspace.PatientURL(ctx, parsed)
		if err == nil {
			err = p.parts.computer.browse(ctx, address)
		}
		return none{}, err
	})
	return err
}

// CopyDetail puts a client's email or phone number on the clipboard, and takes it
// away after 45 seconds if it is still there. On Windows and macOS it stays out of
// the clipboard's history; what another program keeps all the same is beyond us.
func (p *Profiles) CopyDetail(text string) error {
	_, err := host.Do(p.parts.door, mayReach, func(context.Context, *host.Call) (none, error) {
		return none{}, p.parts.copied.copy(text)
	})
	return err
}
