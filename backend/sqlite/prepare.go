package sqlite

import (
	"telehab.io/desktop/backend/profile"
)

// prepared is a batch whose details are sealed.
type prepared struct {
	by       *Profiles
	keys     *keys // that the details are sealed with
	patients int
	entries  []profile.Entry // each ref once
	sealed   []sealedProfile
	page     int
	total    int
}

// Patients returns how many entries the batch had.
func (p *prepared) Patients() int { return p.patients }

// Prepare seals the details, which takes longer than storing them.
func (s *Profiles) Prepare(b profile.Batch) (profile.Prepared, error) {
	p := &prepared{by: s, keys: s.db.sealer.keys.Load(), patients: len(b.Entries), entries: eachOnce(b.Entries), page: b.Page, total: b.Total}
	p.sealed = make([]sealedProfile, len(p.entries))
	for i := range p.entries {
		if p.entries[i].Profile.ID == "" || isUnread(&p.entries[i]) {
			continue
		}
		var err error
		if p.sealed[i], err = s.db.sealProfile(s.account, &p.entries[i].Profile); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// eachOnce leaves one entry for each ref: a readable one if there is any, the
// newest of those, and of equal ones the last.
func eachOnce(entries []profile.Entry) []profile.Entry {
	place := make(map[string]int, len(entries))
	once := make([]profile.Entry, 0, len(entries))
	for _, e := range entries {
		i, again := place[e.Ref]
		switch {
		case !again:
			place[e.Ref] = len(once)
			once = append(once, e)
		case isUnread(&e) && !isUnread(&once[i]), e.Profile.UpdatedAt.Before(once[i].Profile.UpdatedAt) && !isUnread(&once[i]):
			// The earlier entry is better.
		default:
			once[i] = e
		}
	}
	return once
}

func isUnread(e *profile.Entry) bool {
	return e.Failure != nil && e.Failure.Code == profile.Unreadable
}
