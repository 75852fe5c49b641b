package hubcompare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// client is an active client: id, first name, last name, birth date, email.
func client(id, first, last, born, email string) profile.Entry {
	date, _ := profile.ParseDate(born) // "" is none
	return profile.Entry{Ref: id, Profile: profile.Profile{ID: profile.ID(id), State: profile.Active,
		Details: profile.Details{FirstName: first, LastName: last, DateOfBirth: date, Email: email}}}
}

// there is a profile in VALD Hub.
func there(id, syncID, given, family, born string) valdhub.Row {
	date, _ := profile.ParseDate(born)
	return valdhub.Row{ProfileID: id, SyncID: syncID, GivenName: given, FamilyName: family, Born: date}
}

func as(e profile.Entry, change func(*profile.Entry)) profile.Entry {
	change(&e)
	return e
}

func merging(r valdhub.Row) valdhub.Row {
	r.MergingInto = "other"
	return r
}

// Planted pairs: each is found, none is linked by itself, and every number is
// written down.
func TestPlantedPairs(t *testing.T) {
	dana := client("1", "Dana", "Smith", "1990-03-15", "dana@example.com")
	for _, test := range []struct {
		name    string
		clients []profile.Entry
		rows    []valdhub.Row
		emails  map[string]string
		want    []string // kind, client, profile, reason
		here    hubcompare.Counts
		there   hubcompare.Counts
	}{
		{"nobody anywhere", nil, nil, nil, nil, hubcompare.Counts{}, hubcompare.Counts{}},
		{"linked", []profile.Entry{dana}, []valdhub.Row{there("a", "1", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"linked 1 a same_sync_id"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"the id of another person", []profile.Entry{dana}, []valdhub.Row{there("a", "1", "Bo", "Jones", "1950-01-01")}, nil,
			[]string{"linked 1 a same_sync_id_other_person"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"linked, no birth dates, another name", []profile.Entry{client("1", "Dana", "Smith", "", "")}, []valdhub.Row{there("a", "1", "Bo", "Jones", "")}, nil,
			[]string{"linked 1 a same_sync_id_other_person"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"linked, no birth dates", []profile.Entry{client("1", "Dana", "Smith", "", "")}, []valdhub.Row{there("a", "1", "Dana", "Smith", "")}, nil,
			[]string{"linked 1 a same_sync_id"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"linked, married since", []profile.Entry{dana}, []valdhub.Row{there("a", "1", "Dana", "Jones", "1990-03-15")}, nil,
			[]string{"linked 1 a same_sync_id_other_name"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"linked, another birth date", []profile.Entry{dana}, []valdhub.Row{there("a", "1", "DANA", "smith", "1990-03-16")}, nil,
			[]string{"linked 1 a same_sync_id_other_birth_date"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"the same person, unlinked", []profile.Entry{dana}, []valdhub.Row{there("a", "", " dana", "SMITH ", "1990-03-15")}, nil,
			[]string{"likely 1 a same_name_and_birth_date"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 1, Likely: 1}},
		{"of another system", []profile.Entry{dana}, []valdhub.Row{there("a", "EHR-77", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"likely 1 a same_name_other_sync_id"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 1, Likely: 1}},
		{"by the preferred name", []profile.Entry{as(dana, func(e *profile.Entry) { e.Profile.FirstName, e.Profile.PreferredFirstName = "Daniela", "Dana" })},
			[]valdhub.Row{there("a", "", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"likely 1 a same_name_and_birth_date"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 1, Likely: 1}},
		{"spelt otherwise", []profile.Entry{client("1", "Jürg", "O’Brien-Lee", "1990-03-15", "")}, []valdhub.Row{there("a", "", "Juerg", "OBrien Lee", "1990-03-15")}, nil,
			[]string{"likely 1 a same_name_and_birth_date"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 1, Likely: 1}},
		{"another birth date", []profile.Entry{dana}, []valdhub.Row{there("a", "", "Dana", "Smith", "1990-03-16")}, nil,
			[]string{"only_here 1 - not_there", "only_there - a not_here"}, hubcompare.Counts{All: 1, Only: 1}, hubcompare.Counts{All: 1, Only: 1}},
		{"no birth date", []profile.Entry{client("1", "Dana", "Smith", "", "")}, []valdhub.Row{there("a", "", "Dana", "Smith", "")}, nil,
			[]string{"only_here 1 - not_there", "only_there - a not_here"}, hubcompare.Counts{All: 1, Only: 1}, hubcompare.Counts{All: 1, Only: 1}},
		{"names without letters", []profile.Entry{client("1", "-", ".", "1990-03-15", "")}, []valdhub.Row{there("a", "", "?", "", "1990-03-15")}, nil,
			[]string{"only_here 1 - not_there", "only_there - a not_here"}, hubcompare.Counts{All: 1, Only: 1}, hubcompare.Counts{All: 1, Only: 1}},
		{"twins", []profile.Entry{client("1", "Ada", "Lee", "2015-01-02", "mum@example.com"), client("2", "Bea", "Lee", "2015-01-02", "mum@example.com")},
			[]valdhub.Row{there("a", "", "Ada", "Lee", "2015-01-02")}, map[string]string{"a": "MUM@example.com"},
			[]string{"likely 1 a same_name_and_birth_date", "email_in_use 2 a same_email"},
			hubcompare.Counts{All: 2, Likely: 1, EmailInUse: 1}, hubcompare.Counts{All: 1, Likely: 1}},
		{"a family's email", []profile.Entry{client("1", "Ada", "Lee", "2015-01-02", "mum@example.com"), client("2", "Bea", "Lee", "2016-01-02", "mum@example.com")},
			nil, nil, []string{"only_here 1 - email_shared_here", "only_here 2 - email_shared_here"}, hubcompare.Counts{All: 2, Only: 2}, hubcompare.Counts{}},
		{"somebody else's email", []profile.Entry{dana}, []valdhub.Row{there("a", "7", "Bo", "Jones", "1950-01-01")}, map[string]string{"a": " Dana@Example.com"},
			[]string{"email_in_use 1 a same_email"}, hubcompare.Counts{All: 1, EmailInUse: 1}, hubcompare.Counts{All: 1, EmailInUse: 1}},
		{"twice in Cliniko", []profile.Entry{dana, client("2", "Dana", "Smith", "1990-03-15", "")}, []valdhub.Row{there("a", "1", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"linked 1 a same_sync_id", "likely 2 a same_name_linked_to_another_client"}, hubcompare.Counts{All: 2, Linked: 1, Likely: 1}, hubcompare.Counts{All: 1, Linked: 1}},
		{"twice in VALD Hub", []profile.Entry{dana}, []valdhub.Row{there("a", "", "Dana", "Smith", "1990-03-15"), there("b", "", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"likely 1 a same_name_and_birth_date", "likely 1 b same_name_and_birth_date"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 2, Likely: 2}},
		{"linked, and once more", []profile.Entry{dana}, []valdhub.Row{there("a", "1", "Dana", "Smith", "1990-03-15"), there("b", "", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"linked 1 a same_sync_id", "likely 1 b second_profile"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 2, Linked: 1, Likely: 1}},
		{"a sync ID twice", []profile.Entry{dana}, []valdhub.Row{there("a", "1", "Dana", "Smith", "1990-03-15"), there("b", "1", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"linked 1 a same_sync_id", "linked 1 b same_sync_id"}, hubcompare.Counts{All: 1, Linked: 1}, hubcompare.Counts{All: 2, Linked: 2}},
		{"linked and being merged", []profile.Entry{dana}, []valdhub.Row{merging(there("a", "1", "Dana", "Smith", "1990-03-15"))}, nil,
			[]string{"being_merged 1 a merge_under_way"}, hubcompare.Counts{All: 1, Merging: 1}, hubcompare.Counts{All: 1, Merging: 1}},
		{"one of two is being merged", []profile.Entry{dana}, []valdhub.Row{merging(there("a", "", "Dana", "Smith", "1990-03-15")), there("b", "", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"being_merged 1 a merge_under_way", "likely 1 b same_name_and_birth_date"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 2, Likely: 1, Merging: 1}},
		{"a merge of somebody else", []profile.Entry{dana}, []valdhub.Row{merging(there("a", "", "Bo", "Jones", "1950-01-01"))}, nil,
			[]string{"only_here 1 - not_there", "being_merged - a merge_under_way"}, hubcompare.Counts{All: 1, Only: 1}, hubcompare.Counts{All: 1, Merging: 1}},
		{"a former client", []profile.Entry{as(dana, func(e *profile.Entry) { e.Profile.State = profile.Archived })}, []valdhub.Row{there("a", "1", "Dana", "Smith", "1990-03-15"), there("b", "2", "Bo", "Jones", "1950-01-01")}, nil,
			[]string{"only_there - a linked_to_former_client", "only_there - b not_here_other_sync_id"}, hubcompare.Counts{}, hubcompare.Counts{All: 2, Only: 2}},
		{"a former client like an active one", []profile.Entry{dana, as(client("2", "Dana", "Smith", "1990-03-15", ""), func(e *profile.Entry) { e.Profile.State = profile.Merged })},
			[]valdhub.Row{there("a", "2", "Dana", "Smith", "1990-03-15")}, nil,
			[]string{"likely 1 a same_name_linked_to_former_client"}, hubcompare.Counts{All: 1, Likely: 1}, hubcompare.Counts{All: 1, Likely: 1}},
		{"who needs attention", []profile.Entry{as(dana, func(e *profile.Entry) { e.Profile.Email = ""; e.Failure = &profile.Failure{} })}, nil, nil,
			[]string{"only_here 1 - needs_attention"}, hubcompare.Counts{All: 1, Only: 1}, hubcompare.Counts{}},
		{"an unreadable client", []profile.Entry{{Ref: "#hash", Profile: profile.Profile{State: profile.Active}, Failure: &profile.Failure{}}}, []valdhub.Row{there("a", "", "", "", "")}, map[string]string{"a": ""},
			[]string{"only_here #hash - needs_attention", "only_there - a not_here"}, hubcompare.Counts{All: 1, Only: 1}, hubcompare.Counts{All: 1, Only: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := hubcompare.Compare(test.clients, test.rows, details(test.emails), directory.Spellings)
			if lines := inWords(got); !slices.Equal(lines, test.want) {
				t.Errorf("%q, want %q", lines, test.want)
			}
			if got.Clients != test.here || got.Profiles != test.there || !got.Clients.Sums() || !got.Profiles.Sums() {
				t.Errorf("%+v and %+v, want %+v and %+v", got.Clients, got.Profiles, test.here, test.there)
			}
		})
	}
}

func details(emails map[string]string) map[string]valdhub.Detail {
	if emails == nil {
		return nil
	}
	all := map[string]valdhub.Detail{}
	for id, email := range emails {
		all[id] = valdhub.Detail{Email: email}
	}
	return all
}

func inWords(r *hubcompare.Result) (lines []string) {
	for _, l := range r.Lines {
		ref, id := "-", "-"
		if l.Client != nil {
			ref = l.Client.Ref
		}
		if l.Profile != nil {
			id = l.Profile.ProfileID
		}
		lines = append(lines, fmt.Sprint(l.Kind, " ", ref, " ", id, " ", l.Reason))
	}
	return lines
}

// Every reason that a line has is a sentence for a person.
func TestEveryReasonHasASentence(t *testing.T) {
	for _, r := range []hubcompare.Reason{"same_sync_id", "same_sync_id_other_name", "same_sync_id_other_birth_date", "same_sync_id_other_person", "same_name_and_birth_date",
		"same_name_other_sync_id", "same_name_linked_to_another_client", "same_name_linked_to_former_client", "second_profile", "same_email", "merge_under_way",
		"not_there", "needs_attention", "email_shared_here", "not_here", "not_here_other_sync_id", "linked_to_former_client"} {
		if !strings.HasSuffix(r.Sentence(), ".") {
			t.Errorf("%s: %q", r, r.Sentence())
		}
	}
}
