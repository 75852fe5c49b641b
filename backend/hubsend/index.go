package hubsend

import (
	"context"
	"slices"
	"time"

	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// index finds profiles of VALD Hub, as they were listed, with what was sent since.
type index struct {
	spellings hubcompare.Spellings
	byProfile map[string]*valdhub.Row
	bySync    map[string]*valdhub.Row
	byPerson  map[string][]*valdhub.Row
	byEmail   map[string]string // to VALD's id or, of what was sent, the sync ID
}

func newIndex(rows []valdhub.Row, spellings hubcompare.Spellings) *index {
	ix := &index{spellings: spellings, byProfile: map[string]*valdhub.Row{}, bySync: map[string]*valdhub.Row{}, byPerson: map[string][]*valdhub.Row{}, byEmail: map[string]string{}}
	for i := range rows {
		ix.add(&rows[i])
	}
	return ix
}

func (ix *index) add(row *valdhub.Row) {
	if row.ProfileID != "" {
		ix.byProfile[row.ProfileID] = row
	}
	if row.SyncID != "" {
		ix.bySync[row.SyncID] = row
	}
	ix.addPerson(row, row.FamilyName, row.Born, row.GivenName)
}

// addPerson has a profile found by a name and a birth date.
func (ix *index) addPerson(row *valdhub.Row, last string, born profile.Date, firsts ...string) {
	for _, key := range hubcompare.Keys(ix.spellings, last, born, firsts...) {
		if !slices.Contains(ix.byPerson[key], row) {
			ix.byPerson[key] = append(ix.byPerson[key], row)
		}
	}
}

// addSent adds what was just sent, which VALD Hub may show later.
func (ix *index) addSent(sent valdhub.Import) {
	if known := ix.bySync[sent.SyncID]; known == nil {
		ix.add(rowOf(sent))
	} else {
		ix.addPerson(known, sent.FamilyName, sent.Born, sent.GivenName)
	}
	if sent.Email != "" {
		ix.byEmail[hubcompare.FoldEmail(sent.Email)] = sent.SyncID
	}
}

// alike returns the profiles of others that are likely the client's, but those of
// which a person has said that they are not.
func (ix *index) alike(p *profile.Profile, d *profile.Delivery) (all []*valdhub.Row) {
	for _, key := range hubcompare.Keys(ix.spellings, p.LastName, p.DateOfBirth, p.FirstName, p.PreferredFirstName) {
		for _, row := range ix.byPerson[key] {
			if row.SyncID != string(p.ID) && !isDifferent(d, row) && !slices.Contains(all, row) {
				all = append(all, row)
			}
		}
	}
	return all
}

// nameOf is VALD's id of a profile, or the sync ID of one that was just sent.
func nameOf(row *valdhub.Row) string {
	if row.ProfileID == "" {
		return bySyncID(row)
	}
	return row.ProfileID
}

// ofSync begins the name of a profile that is known by its sync ID.
const ofSync = "sync:"

func bySyncID(row *valdhub.Row) string { return ofSync + row.SyncID }

// isDifferent says that a person has decided that a profile is not the client's.
func isDifferent(d *profile.Delivery, row *valdhub.Row) bool {
	return slices.Contains(d.Different, row.ProfileID) || slices.Contains(d.Different, bySyncID(row))
}

// isPerson says that a profile has the client's name and birth date, and
// isPartly that it has one of them.
func (ix *index) isPerson(row *valdhub.Row, p *profile.Profile) bool {
	return ix.hasName(row, p) && row.Born == p.DateOfBirth
}

func (ix *index) isPartly(row *valdhub.Row, p *profile.Profile) bool {
	return ix.hasName(row, p) || row.Born == p.DateOfBirth
}

func (ix *index) hasName(row *valdhub.Row, p *profile.Profile) bool {
	anyDate := profile.Date{Year: 1, Month: 1, Day: 1}
	theirs := hubcompare.Keys(ix.spellings, row.FamilyName, anyDate, row.GivenName)
	return slices.ContainsFunc(hubcompare.Keys(ix.spellings, p.LastName, anyDate, p.FirstName, p.PreferredFirstName), func(key string) bool { return slices.Contains(theirs, key) })
}

// Emails are those of profiles that others have sent or made, each read once until
// it changes.
type Emails map[string]emailAt

type emailAt struct {
	email    string
	modified time.Time
}

// readEmails fills byEmail. Of the clients here it has their own emails.
func (s *Sender) readEmails(ctx context.Context) error {
	ix := s.there
	if s.emailsRead {
		return nil
	}
	for i, row := range s.listed {
		if own := s.here[row.SyncID]; own != nil {
			if email := hubcompare.FoldEmail(own.Email); email != "" && ix.byEmail[email] == "" {
				ix.byEmail[email] = row.SyncID
			}
			continue
		}
		known, ok := s.emails[row.ProfileID]
		if !ok || !known.modified.Equal(row.Modified) {
			s.progress(ctx, Progress{Emails: i, OfEmails: len(s.listed)})
			detail, err := s.hub.Profile(ctx, s.sending.Tenant, row.ProfileID)
			if profile.CodeOf(err) == profile.NotFound {
				continue // merged or removed since the list
			}
			if err != nil {
				return err
			}
			known = emailAt{hubcompare.FoldEmail(detail.Email), row.Modified}
			s.emails[row.ProfileID] = known
		}
		if known.email != "" {
			ix.byEmail[known.email] = row.ProfileID
		}
	}
	s.emailsRead = true
	return nil
}
