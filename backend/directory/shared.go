package directory

import (
	"cmp"
	"slices"
	"strings"

	"telehab.io/desktop/backend/profile"
)

// Shared is a client who has an email or a phone number in common with another
// one, as families do.
type Shared struct {
	Entry profile.Entry
	Email bool   // the same one
	Phone string // the first number that is the same, as the client has it who was asked for; "" for none
	// Born is set if the birth date is the same too: the two may be one person
	// who was entered twice, or twins.
	Born bool
}

// maxFamily is how many others may have an email or a number for it to say
// something of them. What more have is typed because something had to be, such
// as noemail@clinic.example, or is a care home's.
const maxFamily = 10

// Many is an email or a phone number that more than maxFamily others have, which
// says nothing of them.
type Many struct {
	Email  bool   // otherwise a phone number
	Text   string // as the client has it
	Others int    // who are active and have it
}

// SharingContact returns the active and archived clients who have the email or a
// phone number of this one: first those with the same birth date, then those who
// are active, each by name. Emails and numbers are the same if a search for one
// finds the other. An email or a number of more than maxFamily others counts as
// nobody's, and is one of many. Clients who were merged or deleted are left out:
// Cliniko has dealt with them.
func (d *Directory) SharingContact(e *profile.Entry) (family []Shared, many []Many) {
	if e.Profile.State != profile.Active && e.Profile.State != profile.Archived {
		return nil, nil
	}
	d.settleTexts()
	defer d.mu.RUnlock()
	own := contactOf(e, d.country)
	rows := slices.DeleteFunc(d.mayShare(&own), func(r *row) bool {
		return r.entry.Ref == e.Ref || r.entry.Profile.State == profile.Merged || !own.hasEmailOf(r) && own.phoneOf(r) == ""
	})
	many = own.forgetWhatManyHave(rows)
	for _, r := range rows {
		s := Shared{Email: own.hasEmailOf(r), Phone: own.phoneOf(r)}
		if !s.Email && s.Phone == "" {
			continue
		}
		s.Entry = r.entry
		s.Born = !e.Profile.DateOfBirth.IsZero() && r.entry.Profile.DateOfBirth == e.Profile.DateOfBirth
		family = append(family, s)
	}
	slices.SortFunc(family, func(a, b Shared) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()),
			strings.Compare(fold(a.Entry.Profile.ListName()), fold(b.Entry.Profile.ListName())), strings.Compare(a.Entry.Ref, b.Entry.Ref))
	})
	return family, many
}

// rank is where a client stands among those of other names.
func (s *Shared) rank() int {
	rank := 0
	if !s.Born {
		rank += 2
	}
	if s.Entry.Profile.State != profile.Active {
		rank++
	}
	return rank
}

// settleTexts updates the texts. It returns with the lock held for reading.
func (d *Directory) settleTexts() {
	for d.mu.RLock(); d.textsStale(); d.mu.RLock() {
		d.mu.RUnlock()
		d.mu.Lock()
		d.renewTexts()
		d.mu.Unlock()
	}
}

// contact is what one client may have in common with others.
type contact struct {
	email  string // folded; "" if there is none
	phones []number
}

type number struct {
	text  string   // as it is written
	forms []string // in which it may be stored, each after its mark
}

func contactOf(e *profile.Entry, country string) contact {
	var c contact
	// "n/a" is no address, however many have it.
	if email := fold(e.Profile.Email); strings.Contains(email, "@") {
		c.email = email
	}
	for _, phone := range e.Profile.Phones {
		pieces := phonePieces(fold(phone.Number))
		for _, piece := range pieces {
			forms := sameNumber(piece, country)
			if len(forms) == 0 {
				continue
			}
			if len(pieces) == 1 {
				piece = phone.Number
			}
			c.phones = append(c.phones, number{piece, forms})
		}
	}
	return c
}

// forgetWhatManyHave forgets the email and the numbers that more than maxFamily
// of the rows have, and returns them.
func (c *contact) forgetWhatManyHave(rows []*row) (forgotten []Many) {
	forget := func(what Many, has func(*row) bool) bool {
		all := 0
		for _, r := range rows {
			if !has(r) {
				continue
			}
			all++
			if r.in(All) {
				what.Others++
			}
		}
		if all <= maxFamily {
			return false
		}
		forgotten = append(forgotten, what)
		return true
	}
	if forget(Many{Email: true, Text: c.email}, c.hasEmailOf) {
		c.email = ""
	}
	c.phones = slices.DeleteFunc(c.phones, func(n number) bool {
		return forget(Many{Text: n.text}, func(r *row) bool { return r.hasNumber(n) })
	})
	return forgotten
}

// sameNumber returns the forms in which the same number may be stored; none for
// an extension, or for zeros that were typed because something had to be.
func sameNumber(number, country string) []string {
	digits := digitsOf(number)
	if len(digits) < surelyPhone || strings.Trim(digits, digits[:1]) == "" {
		return nil
	}
	search := phoneSearch{home: codeOf(country), country: country}
	search.number(number)
	forms := []string{localMark + digits}
	for _, form := range search.needles {
		if digits := digitsOf(form); len(digits) < len(form) && len(digits) >= surelyPhone {
			forms = append(forms, form)
		}
	}
	return forms
}

// mayShare returns the rows that have a part of the contact, and others with a
// number that begins the same way. The caller holds the lock.
func (d *Directory) mayShare(c *contact) []*row {
	among := slices.Clone(d.member[All])
	among.or(d.member[Archived])
	var email []needle
	if c.email != "" {
		email = needles(c.email)
	}
	var phones []needle
	for _, n := range c.phones {
		phones = append(phones, needles(n.forms...)...)
	}
	var found []*row
	for n := range d.texts {
		var in blockBits
		d.texts[n].find(email, emailPart, among.block(n), in[:])
		d.texts[n].find(phones, phonesPart, among.block(n), in[:])
		bits(in[:]).filter(func(place int) bool {
			found = append(found, d.rows[n*blockRows+place])
			return true
		})
	}
	return found
}

func (c *contact) hasEmailOf(r *row) bool { return c.email != "" && r.email == c.email }

// phoneOf returns the first of the numbers that is one of the row's, whole; "" for
// none.
func (c *contact) phoneOf(r *row) string {
	if i := slices.IndexFunc(c.phones, r.hasNumber); i >= 0 {
		return c.phones[i].text
	}
	return ""
}

// hasNumber reports whether the number is one of the row's, whole.
func (r *row) hasNumber(n number) bool {
	return slices.ContainsFunc(n.forms, func(form string) bool {
		_, after, found := strings.Cut(r.phones, form)
		for found && after != "" && after[0] >= '0' && after[0] <= '9' {
			_, after, found = strings.Cut(after, form)
		}
		return found
	})
}
