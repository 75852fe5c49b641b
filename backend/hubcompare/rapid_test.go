package hubcompare_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// small draws clients and profiles from few names, dates and ids, so that all
// kinds of matches are met.
func small(t *rapid.T) (clients []profile.Entry, rows []valdhub.Row, emails map[string]string) {
	first := rapid.SampledFrom([]string{"Ada", "Bo"})
	born := rapid.SampledFrom([]string{"", "1990-03-15", "1990-03-16"})
	address := rapid.SampledFrom([]string{"", "x@example.com", "y@example.com"})
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6"}), 0, 6, rapid.ID[string]).Draw(t, "clients") {
		e := client(id, first.Draw(t, "first"), "Lee", born.Draw(t, "born"), address.Draw(t, "email"))
		e.Profile.State = rapid.SampledFrom([]profile.State{profile.Active, profile.Active, profile.Active, profile.Archived}).Draw(t, "state")
		clients = append(clients, e)
	}
	emails = map[string]string{}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 0, 6, rapid.ID[string]).Draw(t, "profiles") {
		r := there(id, rapid.SampledFrom([]string{"", "", "1", "2", "3", "99"}).Draw(t, "sync id"), first.Draw(t, "given"), "Lee", born.Draw(t, "born there"))
		if rapid.IntRange(0, 4).Draw(t, "merging") == 0 {
			r.MergingInto = "z"
		}
		rows = append(rows, r)
		emails[id] = address.Draw(t, "email there")
	}
	return clients, rows, emails
}

// expectedOf says where each client and each profile belongs, pair by pair and
// without an index, by what the documentation says.
func expectedOf(clients []profile.Entry, rows []valdhub.Row, emails map[string]string) (here, profiles map[string]string) {
	here, profiles = map[string]string{}, map[string]string{}
	same := func(c *profile.Entry, r valdhub.Row) bool {
		return c.Profile.FirstName == r.GivenName && !r.Born.IsZero() && c.Profile.DateOfBirth == r.Born
	}
	best := func(into map[string]string, id, kind string, order string) {
		if into[id] == "" || strings.Index(order, kind) < strings.Index(order, into[id]) {
			into[id] = kind
		}
	}
	const forClient, forProfile = "linked likely being_merged email_in_use only", "being_merged linked likely email_in_use only"
	for i := range clients {
		c := &clients[i]
		if c.Profile.State != profile.Active {
			continue
		}
		isLinked := slices.ContainsFunc(rows, func(r valdhub.Row) bool { return r.SyncID == c.Ref })
		best(here, c.Ref, "only", forClient)
		for _, r := range rows {
			switch linked := r.SyncID == c.Ref; {
			case linked && r.MergingInto != "":
				best(here, c.Ref, "being_merged", forClient)
			case linked:
				best(here, c.Ref, "linked", forClient)
				best(profiles, r.ProfileID, "linked", forProfile)
			case same(c, r) && r.MergingInto != "" && !isLinked:
				best(here, c.Ref, "being_merged", forClient)
			case same(c, r) && !isLinked:
				best(here, c.Ref, "likely", forClient)
				best(profiles, r.ProfileID, "likely", forProfile)
			case same(c, r):
				best(profiles, r.ProfileID, "likely", forProfile)
			}
		}
		if here[c.Ref] != "only" || c.Profile.Email == "" {
			continue
		}
		for _, r := range rows {
			if emails[r.ProfileID] == c.Profile.Email {
				here[c.Ref] = "email_in_use"
				best(profiles, r.ProfileID, "email_in_use", forProfile)
			}
		}
	}
	for _, r := range rows {
		best(profiles, r.ProfileID, "only", forProfile)
		if r.MergingInto != "" {
			profiles[r.ProfileID] = "being_merged"
		}
	}
	return here, profiles
}

func countsOf(kinds map[string]string) (c hubcompare.Counts) {
	for _, kind := range kinds {
		c.All++
		switch kind {
		case "linked":
			c.Linked++
		case "likely":
			c.Likely++
		case "being_merged":
			c.Merging++
		case "email_in_use":
			c.EmailInUse++
		case "only":
			c.Only++
		}
	}
	return c
}

// Everybody is in exactly one kind, here and there, and in a line.
func TestEverybodyIsCountedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clients, rows, emails := small(t)
		here, profiles := expectedOf(clients, rows, emails)
		got := hubcompare.Compare(clients, rows, details(emails), func(s string) []string { return []string{strings.ToLower(s)} })
		if got.Clients != countsOf(here) || got.Profiles != countsOf(profiles) {
			t.Fatalf("%+v and %+v, want %+v and %+v\n%q", got.Clients, got.Profiles, here, profiles, inWords(got))
		}
		if !got.Clients.Sums() || !got.Profiles.Sums() || got.Profiles.All != len(rows) {
			t.Fatalf("%+v, %+v", got.Clients, got.Profiles)
		}
		for ref := range here {
			if !slices.ContainsFunc(got.Lines, func(l hubcompare.Line) bool { return l.Client != nil && l.Client.Ref == ref }) {
				t.Fatalf("nothing about client %s", ref)
			}
		}
		for id := range profiles {
			if !slices.ContainsFunc(got.Lines, func(l hubcompare.Line) bool { return l.Profile != nil && l.Profile.ProfileID == id }) {
				t.Fatalf("nothing about profile %s", id)
			}
		}
	})
}
