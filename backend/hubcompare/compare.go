package hubcompare

import (
	"cmp"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// Spellings returns the folded spellings of a text: Jürg is jurg and juerg.
type Spellings func(string) []string

// Compare compares the clients with an organisation's profiles. emails are those
// of the profiles, by id; nil: they were not read.
func Compare(entries []profile.Entry, rows []valdhub.Row, emails map[string]valdhub.Detail, spellings Spellings) *Result {
	c := newComparison(rows, emails, spellings)
	var here []*profile.Entry
	for i := range entries {
		e := &entries[i]
		if e.Profile.State == profile.Active || e.Profile.State == "" {
			here = append(here, e)
			c.shared[email(e.Profile.Email)]++
			c.active[string(e.Profile.ID)] = true
		} else {
			c.former[string(e.Profile.ID)] = true
		}
	}
	slices.SortStableFunc(here, func(a, b *profile.Entry) int {
		return cmp.Or(cmp.Compare(a.Profile.ListName(), b.Profile.ListName()), cmp.Compare(a.Ref, b.Ref))
	})
	for _, e := range here {
		c.result.Clients.add(c.place(e))
	}
	c.placeOthers()
	c.result.EmailsRead = emails != nil
	return &c.result
}

// comparison is one under way.
type comparison struct {
	spellings Spellings
	there     []*found
	byID      map[string][]*found // by sync ID
	byPerson  map[string][]*found // by name and birth date
	byEmail   map[string][]*found
	active    map[string]bool // ids of clients
	former    map[string]bool // those who have left Cliniko
	shared    map[string]int  // how many clients have an email
	result    Result
}

// found is a profile in VALD Hub, and where it belongs so far.
type found struct {
	valdhub.Detail
	kind      Kind
	mentioned bool // in a line
}

// ranks are the kinds of a profile that several clients are like, the one that
// counts last.
var ranks = map[Kind]int{"": 0, EmailInUse: 1, Likely: 2, Linked: 3, Merging: 4}

func (f *found) raise(k Kind) {
	if f.MergingInto != "" {
		k = Merging
	}
	if ranks[k] > ranks[f.kind] {
		f.kind = k
	}
}

func newComparison(rows []valdhub.Row, emails map[string]valdhub.Detail, spellings Spellings) *comparison {
	c := &comparison{spellings: spellings, byID: map[string][]*found{}, byPerson: map[string][]*found{}, byEmail: map[string][]*found{},
		active: map[string]bool{}, former: map[string]bool{}, shared: map[string]int{}}
	for _, row := range rows {
		f := &found{Detail: valdhub.Detail{Row: row}}
		if detail, ok := emails[row.ProfileID]; ok {
			f.Email, f.Sex = detail.Email, detail.Sex
		}
		c.there = append(c.there, f)
		if f.SyncID != "" {
			c.byID[f.SyncID] = append(c.byID[f.SyncID], f)
		}
		for _, key := range c.people(f.FamilyName, f.Born, f.GivenName) {
			c.byPerson[key] = append(c.byPerson[key], f)
		}
		if address := email(f.Email); address != "" {
			c.byEmail[address] = append(c.byEmail[address], f)
		}
	}
	return c
}

// people returns what somebody is compared by.
func (c *comparison) people(last string, born profile.Date, firsts ...string) []string {
	return Keys(c.spellings, last, born, firsts...)
}

func email(address string) string { return FoldEmail(address) }

// alike returns the profiles with the client's name and birth date.
func (c *comparison) alike(p *profile.Profile) (all []*found) {
	for _, key := range c.people(p.LastName, p.DateOfBirth, p.FirstName, p.PreferredFirstName) {
		for _, f := range c.byPerson[key] {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// place finds a client's profiles, adds the lines about them, and returns where
// the client belongs.
func (c *comparison) place(e *profile.Entry) Kind {
	linked := c.byID[string(e.Profile.ID)] // nobody has the sync ID "", which an unreadable client has
	alike := c.alike(&e.Profile)
	kind := Kind("")
	for _, f := range linked {
		kind = c.match(e, f, kind, Linked, c.ofLinked(f, alike, &e.Profile))
	}
	for _, f := range alike {
		switch {
		case slices.Contains(linked, f):
		case len(linked) > 0:
			c.match(e, f, kind, Likely, SecondProfile)
		default:
			kind = c.match(e, f, kind, Likely, c.ofLikely(f))
		}
	}
	if kind != "" {
		return kind
	}
	for _, f := range c.byEmail[email(e.Profile.Email)] {
		f.raise(EmailInUse)
		kind = EmailInUse
		c.add(e, f, EmailInUse, SameEmail)
	}
	if kind != "" {
		return kind
	}
	reason := NotThere
	switch address := email(e.Profile.Email); {
	case e.Failure != nil:
		reason = NeedsAttention
	case address != "" && c.shared[address] > 1:
		reason = SharedEmail
	}
	c.add(e, nil, OnlyHere, reason)
	return OnlyHere
}

// match adds a line about a client and a profile, and returns where the client
// belongs after it: a merge counts only where nothing else is known.
func (c *comparison) match(e *profile.Entry, f *found, before, kind Kind, reason Reason) Kind {
	f.raise(kind)
	if f.MergingInto != "" {
		kind, reason = Merging, MergeUnderWay
	}
	c.add(e, f, kind, reason)
	if before == "" || before == Merging {
		return kind
	}
	return before
}

// ofLinked says what differs although the sync ID is the client's.
func (c *comparison) ofLinked(f *found, alike []*found, p *profile.Profile) Reason {
	if slices.Contains(alike, f) {
		return SameSyncID
	}
	sameDate := f.Born == p.DateOfBirth
	anyDate := profile.Date{Year: 1, Month: 1, Day: 1}
	theirs := c.people(f.FamilyName, anyDate, f.GivenName)
	sameName := slices.ContainsFunc(c.people(p.LastName, anyDate, p.FirstName, p.PreferredFirstName), func(key string) bool { return slices.Contains(theirs, key) })
	switch {
	case sameDate && sameName: // neither has a birth date
		return SameSyncID
	case sameName:
		return OtherBirthDate
	case sameDate && !f.Born.IsZero():
		return OtherName
	}
	return OtherPerson
}

func (c *comparison) ofLikely(f *found) Reason {
	switch {
	case f.SyncID == "":
		return SameName
	case c.active[f.SyncID]:
		return OfAnotherClient
	case c.former[f.SyncID]:
		return OfFormerClient
	}
	return OfAnotherSystem
}

// placeOthers counts the profiles, and adds those that no client is like.
func (c *comparison) placeOthers() {
	for _, f := range c.there {
		f.raise("")
		switch {
		case f.kind == Merging && !f.mentioned:
			c.add(nil, f, Merging, MergeUnderWay)
		case f.kind == "" && f.SyncID == "":
			c.add(nil, f, OnlyThere, NotHere)
		case f.kind == "" && c.former[f.SyncID]:
			c.add(nil, f, OnlyThere, FormerClientOnly)
		case f.kind == "":
			c.add(nil, f, OnlyThere, NotHereWithID)
		}
		c.result.Profiles.add(f.kind)
	}
}

func (c *comparison) add(e *profile.Entry, f *found, kind Kind, reason Reason) {
	line := Line{Kind: kind, Reason: reason, Client: e}
	if f != nil {
		line.Profile, f.mentioned = &f.Detail, true
	}
	c.result.Lines = append(c.result.Lines, line)
}
