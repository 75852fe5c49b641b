package main

import (
	"context"
	"time"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
)

// Profiles returns the rows of the profile list that fit the query.
func (a *App) Profiles(q ProfileQuery) (ProfilePage, error) {
	return call(a, "Profiles", func(ctx context.Context, d *desk) (ProfilePage, error) {
		people, err := d.w.Directory()
		if err != nil {
			return ProfilePage{}, err
		}
		query := q.query(d.clinicTime(ctx))
		query.Limit = min(query.Limit, maxRows)
		found := people.Find(query)
		page := ProfilePage{Rows: []ProfileRow{}, Matched: found.Matched,
			All: found.Counts.All, Attention: found.Counts.Attention, Archived: found.Counts.Archived,
			NoPhone: found.Counts.NoPhone, NoEmail: found.Counts.NoEmail, Week: found.Counts.Week, Month: found.Counts.Month}
		highlighter := people.Highlighter(query.Search)
		for i := range found.Entries {
			row := profileRow(&found.Entries[i])
			row.Hits = HitsView{Name: highlighter.Name(row.Name), Preferred: highlighter.Name(row.Preferred),
				Email: highlighter.Email(row.Email), Phone: highlighter.Phone(row.Phone)}
			page.Rows = append(page.Rows, row)
		}
		return page, nil
	})
}

// ProfileIDs returns the ids of the rows that fit the query, of all of them if
// need be: for a selection, which holds rows that the window has not loaded.
func (a *App) ProfileIDs(q ProfileQuery) ([]string, error) {
	return call(a, "ProfileIDs", func(ctx context.Context, d *desk) ([]string, error) {
		people, err := d.w.Directory()
		if err != nil {
			return nil, err
		}
		return people.Refs(q.query(d.clinicTime(ctx))), nil
	})
}

// FindName returns which of the rows that fit the query is the next one whose
// name begins with what was typed, from Offset on and then from the top; -1 if
// there is none.
func (a *App) FindName(q ProfileQuery, typed string) (int, error) {
	return call(a, "FindName", func(ctx context.Context, d *desk) (int, error) {
		people, err := d.w.Directory()
		if err != nil {
			return 0, err
		}
		return people.Named(q.query(d.clinicTime(ctx)), typed), nil
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

// Profile returns one profile from this computer, at once.
func (a *App) Profile(id string) (ProfileView, error) {
	return call(a, "Profile", func(ctx context.Context, d *desk) (ProfileView, error) {
		view, err := d.profile(ctx, id)
		if err == nil {
			d.opened(ctx, view.ID)
		}
		return view, err
	})
}

func (d *desk) profile(ctx context.Context, ref string) (ProfileView, error) {
	people, err := d.w.Directory()
	if err != nil {
		return ProfileView{}, err
	}
	entry, ok := people.One(ref)
	if !ok {
		return ProfileView{}, profile.Refuse(profile.NotFound, "This client is not on this computer yet. Sync, or look the client up in Cliniko.")
	}
	view := profileView(&entry, d.clinicTime(ctx))
	view.EmailSharedWith = people.SharingEmail(&entry)
	store, err := d.w.Store(ctx)
	if err != nil {
		return ProfileView{}, err
	}
	keep, err := store.Retention(ctx)
	if err != nil {
		return ProfileView{}, err
	}
	view.ErasedAt = instant(keep.ErasedAt(&entry.Profile))
	for _, merged := range people.MergedInto(entry.Profile.ID) {
		view.Merged = append(view.Merged, MergedView{ID: merged.Ref, Name: profile.Display(merged.Profile.ListName())})
	}
	return view, nil
}

// RefreshProfile reads one client from Cliniko, stores it and returns it.
func (a *App) RefreshProfile(id string) (ProfileView, error) {
	return call(a, "RefreshProfile", func(ctx context.Context, d *desk) (ProfileView, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return ProfileView{}, profile.Refuse(profile.Invalid, "This client has no Cliniko id. Sync all clients instead.")
		}
		if err := d.mayCreate(id); err != nil {
			return ProfileView{}, err
		}
		entry, err := d.one(ctx, parsed)
		if err != nil {
			return ProfileView{}, err
		}
		// Unchanged details are not passed on, but their age is new.
		d.w.Apply([]profile.Entry{entry})
		a.tellState(ctx, d)
		return d.profile(ctx, id)
	})
}
