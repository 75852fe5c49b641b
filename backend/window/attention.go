package window

import (
	"context"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// Attention is the profiles that need attention. Its queries are those of
// Profiles, whatever their filter.
type Attention struct{ parts Parts }

// NewAttention returns the service.
func NewAttention(p Parts) *Attention { return &Attention{p} }

// AttentionPage is a part of the profiles that need attention.
type AttentionPage struct {
	Rows    []AttentionRow `json:"rows"`
	Matched int            `json:"matched"` // rows that fit the query
	All     int            `json:"all"`     // whatever the query
	Reasons []ReasonCount  `json:"reasons"` // whatever the query; those that nobody has left out
}

// ReasonCount is how many profiles need attention for one reason.
type ReasonCount struct {
	Reason string `json:"reason"` // that is missing: email, sex, date_of_birth, first_name, last_name; wrong_email, wrong_date_of_birth, unreadable, other
	Count  int    `json:"count"`
}

// AttentionRow is one line of the profiles that need attention.
type AttentionRow struct {
	Ref       string        `json:"ref"`  // to read it again; the id where there is one
	ID        string        `json:"id"`   // Cliniko's; "" where its answer did not have it
	Name      string        `json:"name"` // "Last, First"; "" if there is none
	Preferred string        `json:"preferred"`
	Born      string        `json:"born"`
	Phone     string        `json:"phone"` // as in ProfileRow
	Problems  []ProblemView `json:"problems"`
	Reason    string        `json:"reason"` // all problems in one sentence
	Since     string        `json:"since"`
	Hits      HitsView      `json:"hits"`
}

// NameView is the name of a profile.
type NameView struct {
	ID   string `json:"id"` // Cliniko's; "" where its answer did not have it
	Name string `json:"name"`
}

// attentionQuery is the query, of those who need attention alone.
func attentionQuery(ctx context.Context, c *host.Call, q *ProfileQuery) directory.Query {
	query := q.query(c.Clinic.Time(ctx))
	query.Filter = directory.Attention
	return query
}

// Find returns the rows that fit the query. Whoever may not open a profile sees
// here what has to be completed in Cliniko.
func (a *Attention) Find(q ProfileQuery) (AttentionPage, error) {
	return host.Do(a.parts.access, session.MayViewClients, func(ctx context.Context, c *host.Call) (AttentionPage, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return AttentionPage{}, err
		}
		query := attentionQuery(ctx, c, &q)
		query.Limit = min(query.Limit, maxRows)
		found := profiles.Find(query)
		page := AttentionPage{Rows: []AttentionRow{}, Matched: found.Matched, All: found.Counts.Attention, Reasons: reasonCounts(found.Counts.Reasons)}
		highlighter := profiles.Highlighter(query.Search)
		for i := range found.Entries {
			row := attentionRow(&found.Entries[i])
			row.Hits = HitsView{Name: highlighter.Name(row.Name), Preferred: highlighter.Name(row.Preferred)}
			row.Phone, row.Hits.Phone = phoneHit(&highlighter, &found.Entries[i].Profile, row.Phone)
			page.Rows = append(page.Rows, row)
		}
		return page, nil
	})
}

// reasonCounts leaves out what nobody needs attention for.
func reasonCounts(counts [len(directory.Reasons)]int) []ReasonCount {
	reasons := []ReasonCount{}
	for i, count := range counts {
		if count > 0 {
			reasons = append(reasons, ReasonCount{Reason: string(directory.Reasons[i]), Count: count})
		}
	}
	return reasons
}

// Refs returns the refs of the rows that fit the query, of all of them if need
// be: for a selection, which holds rows that the window has not loaded.
func (a *Attention) Refs(q ProfileQuery) ([]string, error) {
	return host.Do(a.parts.access, session.MayViewClients, func(ctx context.Context, c *host.Call) ([]string, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return nil, err
		}
		return profiles.Refs(attentionQuery(ctx, c, &q)), nil
	})
}

// Names returns everybody who fits the query, in the order of Find: for going
// through them one by one.
func (a *Attention) Names(q ProfileQuery) ([]NameView, error) {
	return host.Do(a.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) ([]NameView, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return nil, err
		}
		names := []NameView{}
		for _, entry := range profiles.Everybody(attentionQuery(ctx, c, &q)) {
			shown := entry.Profile.Displayed()
			names = append(names, NameView{ID: string(entry.Failure.ID), Name: shown.ShownName()})
		}
		return names, nil
	})
}

// Retry reads one profile that needs attention again. It returns nil when the
// profile is complete now.
func (a *Attention) Retry(ref string) (*FailureView, error) {
	return host.Do(a.parts.access, session.MaySync, func(ctx context.Context, c *host.Call) (*FailureView, error) {
		id, ok := profile.ParseID(ref)
		if !ok {
			return nil, profile.Refuse(profile.Invalid, "Cliniko's answer did not even say which client this is, so it cannot be checked alone. Sync all clients instead.")
		}
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return nil, err
		}
		if known, ok := profiles.One(ref); !ok || known.Failure == nil {
			return nil, profile.Refuse(profile.NotFound, "This profile is not in the list any more. Look at the list again.")
		}
		var entry profile.Entry
		err = c.Session.Recorded(ctx, session.MaySync, staff.RefreshedProfile, ref, func() (err error) {
			entry, err = c.Clinic.ReadClient(ctx, id, false)
			return err
		})
		if err != nil {
			return nil, err
		}
		return failureView(&entry), nil
	})
}

// Export asks where to save the profiles that need attention and fit the query,
// and writes them as CSV, after the password was given once more. It returns
// the file's path, or "" when the person cancelled.
func (a *Attention) Export(q ProfileQuery, password string) (string, error) {
	return host.Do(a.parts.access, session.MayExportAttention, func(ctx context.Context, c *host.Call) (string, error) {
		export := c.Session.Exports().Attention(attentionQuery(ctx, c, &q))
		return save(ctx, c, a.parts.toolkit, export, password, file{"profiles that need attention", "needs-attention", "csv"})
	})
}

// CallSheet writes who needs attention and fits the query, for calling them: as
// html, a page to print that then opens in the browser, or as csv. It asks and
// returns as Export.
func (a *Attention) CallSheet(q ProfileQuery, format, password string) (string, error) {
	return host.Do(a.parts.access, session.MayExportAttention, func(ctx context.Context, c *host.Call) (string, error) {
		export := c.Session.Exports().CallSheet(attentionQuery(ctx, c, &q), format)
		return a.parts.saveSheet(ctx, c, export, format, password)
	})
}
