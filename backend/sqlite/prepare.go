package sqlite

import (
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
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
	p := &prepared{by: s, keys: s.db.sealer.keys.Load(), patients: len(b.Entries), entries: storerules.EachOnce(b.Entries), page: b.Page, total: b.Total}
	p.sealed = make([]sealedProfile, len(p.entries))
	for i := range p.entries {
		if p.entries[i].Profile.ID == "" || storerules.IsUnread(&p.entries[i]) {
			continue
		}
		var err error
		if p.sealed[i], err = s.db.sealProfile(s.account, &p.entries[i].Profile); err != nil {
			return nil, err
		}
	}
	return p, nil
}
