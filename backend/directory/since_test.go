package directory

import (
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func addedAt(ref string, after time.Duration, state profile.State) profile.Entry {
	e := client(ref, "Zoë", "", "Example", "zoe@example.com")
	e.Profile.AddedAt, e.Profile.State = noon.Add(after), state
	return e
}

func refsOf(entries []profile.Entry) (refs []string) {
	for i := range entries {
		refs = append(refs, entries[i].Ref)
	}
	return refs
}

func TestAddedSince(t *testing.T) {
	d := New()
	d.Apply([]profile.Entry{
		addedAt("before", -time.Microsecond, profile.Active), addedAt("2", 0, profile.Active), addedAt("1", 0, profile.Active),
		addedAt("archived", time.Hour, profile.Archived), addedAt("last", 2*time.Hour, profile.Active), addedAt("later", time.Hour, profile.Active),
		addedAt("gone", time.Hour, profile.Active),
	})
	d.Forget([]string{"gone"})
	for most, want := range [][]string{nil, {"last"}, {"last", "later"}, {"last", "later", "1"}, {"last", "later", "1", "2"}, {"last", "later", "1", "2"}} {
		added, count := d.AddedSince(noon, most)
		if refs := refsOf(added); !slices.Equal(refs, want) || count != 4 {
			t.Errorf("%d: %v of %d, want %v of 4", most, refs, count, want)
		}
	}
}

func failingSince(ref string, after time.Duration, problems ...profile.Problem) profile.Entry {
	e := client(ref, "Zoë", "", "Example", "")
	e.Failure = &profile.Failure{Ref: ref, Problems: problems, FirstFailedAt: noon.Add(after)}
	return e
}

func TestAttending(t *testing.T) {
	missing := func(f profile.Field) profile.Problem { return profile.Problem{Field: f, Kind: profile.Missing} }
	d := New()
	d.Apply([]profile.Entry{
		client("complete", "Zoë", "", "Example", "zoe@example.com"),
		failingSince("old", -time.Hour, missing(profile.FieldEmail)),
		failingSince("two", time.Hour, missing(profile.FieldEmail), missing(profile.FieldSex)),
		failingSince("impossible", 2*time.Hour, profile.Problem{Field: profile.FieldEmail, Kind: profile.NotAnEmail}, missing(profile.FieldSex)),
		failingSince("unreadable", 3*time.Hour),
		failingSince("long", 4*time.Hour, profile.Problem{Field: profile.FieldPhones, Kind: profile.TooMany}, profile.Problem{Field: profile.FieldTitle, Kind: profile.TooLong}),
	})
	got := d.Attending(noon, 3)
	if got.All != 5 || got.Since != 4 || got.Reasons != [9]int{2, 2, 0, 0, 0, 1, 0, 1, 1} {
		t.Errorf("%+v", got)
	}
	if refs := refsOf(got.Newest); !slices.Equal(refs, []string{"long", "unreadable", "impossible"}) {
		t.Errorf("%v", refs)
	}
}
