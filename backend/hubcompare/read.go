package hubcompare

import (
	"context"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// Hub is what is read of VALD Hub.
type Hub interface {
	Profiles(ctx context.Context, tenant string) ([]valdhub.Row, error)
	Profile(ctx context.Context, tenant, id string) (valdhub.Detail, error)
}

// Asked is what a comparison is about.
type Asked struct {
	Tenant    string
	Entries   []profile.Entry
	Spellings Spellings
	// Emails has the emails read as well, which takes a request for each profile.
	Emails bool
	// Progress is told how many of the emails are read; nil is nobody.
	Progress func(done, all int)
}

// Read reads an organisation's profiles and compares the clients with them.
// Emails are read only where they can matter: for a client who is found in no
// other way.
//
// Errors: those of valdhub.Client.
func Read(ctx context.Context, hub Hub, asked Asked) (*Result, error) {
	rows, err := hub.Profiles(ctx, asked.Tenant)
	if err != nil {
		return nil, err
	}
	result := Compare(asked.Entries, rows, nil, asked.Spellings)
	wanted := slices.ContainsFunc(result.Lines, func(l Line) bool { return l.Kind == OnlyHere && l.Client.Profile.Email != "" })
	switch {
	case !asked.Emails:
		return result, nil
	case !wanted || len(rows) == 0:
		result.EmailsRead = true
		return result, nil
	}
	if asked.Progress == nil {
		asked.Progress = func(int, int) {}
	}
	emails := make(map[string]valdhub.Detail, len(rows))
	for i, row := range rows {
		asked.Progress(i, len(rows))
		detail, err := hub.Profile(ctx, asked.Tenant, row.ProfileID)
		if profile.CodeOf(err) == profile.NotFound {
			continue // merged or removed since the list
		}
		if err != nil {
			return nil, err
		}
		emails[row.ProfileID] = detail
	}
	asked.Progress(len(rows), len(rows))
	return Compare(asked.Entries, rows, emails, asked.Spellings), nil
}
