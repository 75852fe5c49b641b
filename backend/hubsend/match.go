package hubsend

import (
	"context"
	"slices"

	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// verdict is why a client is not sent; empty: it is.
type verdict struct {
	reason     string
	hold       bool // until something there has ended
	candidates []*valdhub.Row
}

var ofMerge = verdict{reason: Merging, hold: true}

// match finds the client's profile: by the stored id, by the sync ID, by what a
// person has decided; and says why the client is not to be sent. It may change
// what is sent, to link a profile.
func (s *Sender) match(ctx context.Context, p *profile.Profile, d *profile.Delivery, what *valdhub.Import) (verdict, error) {
	row, v := s.linked(p, d)
	if v.reason != "" {
		return v, nil
	}
	if row == nil && d.Same != "" {
		if v, err := s.link(ctx, d, what); err != nil || v.reason != "" || d.Same != "" {
			return v, err
		}
	}
	if row == nil {
		if alike := s.there.alike(p, d); len(alike) > 0 {
			if slices.ContainsFunc(alike, func(r *valdhub.Row) bool { return r.MergingInto != "" }) {
				return ofMerge, nil
			}
			return verdict{reason: Likely, candidates: alike}, nil
		}
		if what.Email != "" {
			if err := s.readEmails(ctx); err != nil {
				return verdict{}, err
			}
		}
	}
	return s.emailInUse(d, row, what.Email), nil
}

// emailInUse says whether somebody else's profile has the email.
func (s *Sender) emailInUse(d *profile.Delivery, own *valdhub.Row, email string) verdict {
	holder := s.there.byEmail[hubcompare.FoldEmail(email)]
	if email == "" || holder == "" || holder == d.Ref || own != nil && holder == own.ProfileID {
		return verdict{}
	}
	v := verdict{reason: EmailInUse}
	if row := s.there.byProfile[holder]; row != nil {
		v.candidates = append(v.candidates, row)
	}
	return v
}

// linked returns the profile that is linked to the client; nil: there is none.
func (s *Sender) linked(p *profile.Profile, d *profile.Delivery) (*valdhub.Row, verdict) {
	row, bySync := s.there.byProfile[d.ProfileID], s.there.bySync[d.Ref]
	if bySync != nil && bySync.ProfileID == "" {
		bySync = nil // it was to be sent, and did not arrive
	}
	switch {
	case d.ProfileID == "":
		row = bySync
	case row == nil && bySync != nil: // merged into it
		row, d.ProfileID = bySync, bySync.ProfileID
	case row == nil:
		return nil, verdict{reason: GoneThere}
	case row.SyncID != d.Ref:
		return nil, verdict{reason: UnlinkedThere, candidates: []*valdhub.Row{row}}
	}
	switch {
	case row == nil:
		return nil, verdict{}
	case row.MergingInto != "":
		return nil, ofMerge
	case d.Same == nameOf(row), s.there.isPerson(row, p):
		return row, verdict{}
	case d.ProfileID != "" && (listedOf(row) == d.Listed || s.there.isPartly(row, p)):
		return row, verdict{} // as it was sent, or changed in part, there or here
	}
	// Never sent from here, or of somebody else by now.
	return nil, verdict{reason: OtherPerson, candidates: []*valdhub.Row{row}}
}

// link has the profile linked that a person has chosen. VALD Hub takes a new sync
// ID for a profile only by its email, so what is sent has that one.
func (s *Sender) link(ctx context.Context, d *profile.Delivery, what *valdhub.Import) (verdict, error) {
	row := s.there.byProfile[d.Same]
	switch {
	case row == nil:
		d.Same = "" // it is not there any more
		return verdict{}, nil
	case row.MergingInto != "":
		return ofMerge, nil
	case row.SyncID != "":
		return verdict{reason: OtherSystem, candidates: []*valdhub.Row{row}}, nil
	}
	detail, err := s.hub.Profile(ctx, s.tenant, row.ProfileID)
	if profile.CodeOf(err) == profile.NotFound {
		d.Same = ""
		return verdict{}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	if detail.Email == "" {
		return verdict{reason: NoEmailThere, candidates: []*valdhub.Row{row}}, nil
	}
	what.Email = detail.Email
	return verdict{}, nil
}
