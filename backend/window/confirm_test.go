package window

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// Whoever finds a manager's window open must not get past the password that an
// export asks for: not by another account, not by another password of this one,
// and not by erasing.
func TestWhatMattersAsksForThePassword(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 68, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	left := f.fake.IDs()[0]
	if err := f.fake.Archive(left); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Profiles.Refresh(left); err != nil {
		t.Fatal(err)
	}
	before, err := f.app.People.List()
	if err != nil || len(before) != 1 {
		t.Fatal(err)
	}
	dana := before[0]
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	acts := []struct {
		name string
		do   func(own string) error
		line string
	}{
		{"add a person", func(own string) error {
			_, err := f.app.People.Add(PersonDetails{Name: "Mal Example", Email: "mal@example.com", Permissions: []string{"export", "practitioner"}}, deskPassword, own)
			return err
		}, "added_person  sign_in_refused"},
		{"change a person", func(own string) error {
			_, err := f.app.People.Change(dana.ID, detailsOf(&dana), PersonDetails{Name: dana.Name, Email: "mal@example.com", Permissions: dana.Permissions, Active: true}, own)
			return err
		}, "changed_person " + dana.ID + " sign_in_refused"},
		{"reset one's own password", func(own string) error { return f.app.People.ResetPassword(dana.ID, deskPassword, own) },
			"reset_password " + dana.ID + " sign_in_refused"},
		{"change one's own password", func(own string) error { return f.app.People.ChangePassword(own, deskPassword) }, "changed_password  sign_in_refused"},
		{"export", func(own string) error { _, err := f.app.Profiles.Export("csv", own); return err }, "exported_profiles  sign_in_refused"},
		{"export some", func(own string) error {
			_, err := f.app.Profiles.ExportSelected([]string{left}, "csv", own)
			return err
		},
			"exported_selected  sign_in_refused"},
		{"export those that need attention", func(own string) error { _, err := f.app.Attention.Export(ProfileQuery{}, own); return err },
			"exported_failures  sign_in_refused"},
		{"make a call sheet", func(own string) error { _, err := f.app.Attention.CallSheet(ProfileQuery{}, "html", own); return err },
			"made_call_sheet  sign_in_refused"},
		{"make a call sheet of profiles", func(own string) error {
			_, err := f.app.Profiles.CallSheet(ProfileQuery{Filter: "all"}, "html", own)
			return err
		}, "made_call_sheet  sign_in_refused"},
		{"erase a client", func(own string) error { return f.app.Profiles.Erase(left, own) }, "erased_profile " + left + " sign_in_refused"},
		{"remove who is missing", func(own string) error { _, err := f.app.Integration.RemoveMissing(nil, own); return err },
			"removed_missing  sign_in_refused"},
		{"erase earlier", func(own string) error {
			return f.app.Security.SetRetention(RetentionView{ArchivedDays: profile.MinRetention, DeletedDays: profile.MinRetention}, own)
		}, "changed_security  sign_in_refused"},
		{"disconnect", func(own string) error { _, err := f.app.Integration.Disconnect(own); return err }, "disconnected 4000001 sign_in_refused"},
		{"erase the rest", func(own string) error { _, err := f.app.Integration.EraseRest(own); return err }, "disconnected 4000001 sign_in_refused"},
	}
	for _, own := range []string{"", "not the password"} {
		for _, act := range acts {
			if err := act.do(own); profile.CodeOf(err) != profile.SignInRefused {
				t.Errorf("%s with %q: %v", act.name, own, err)
			}
		}
	}
	if people, err := f.app.People.List(); err != nil || len(people) != 1 || people[0].Email != dana.Email {
		t.Errorf("the people have changed: %v", err)
	}
	if state, err := f.app.About.State(); err != nil || state.Clinic == nil || state.Tally.Active < 10 {
		t.Errorf("%+v, %v", state.Tally, err)
	}
	if keep, err := f.app.Security.Retention(); err != nil || keep.ArchivedDays != 90 || keep.DeletedDays != 7 {
		t.Errorf("%+v, %v", keep, err)
	}
	if _, err := f.app.Profiles.Get(left); err != nil {
		t.Errorf("the client is gone: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("a file was written")
	}
	// The first one delays the sign-in by a second, which a busy computer may
	// need for it: then again.
	for end := time.Now().Add(time.Minute); ; {
		if err := acts[0].do("not the password"); profile.CodeOf(err) != profile.SignInRefused {
			t.Fatal(err)
		}
		_, err := f.app.People.SignIn(email, password)
		if strings.Contains(profile.MessageOf(err), "Wait") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("wrong passwords here do not delay the sign-in: %v", err)
		}
	}
	for _, act := range acts {
		before := len(f.events())
		if err := afterDelay(func() error { return act.do("not the password") }); profile.CodeOf(err) != profile.SignInRefused {
			t.Fatalf("%s: %v", act.name, err)
		}
		if got := f.events()[before:]; !slices.Equal(got, []string{act.line}) {
			t.Errorf("%s leaves %q, want %q", act.name, got, act.line)
		}
		// What is right forgets the delay.
		if err := afterDelay(func() error { _, err := f.app.People.SignIn(email, password); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for _, act := range acts {
		if act.name == "change one's own password" || act.name == "reset one's own password" || act.name == "change a person" {
			continue // nobody could do the rest
		}
		if err := afterDelay(func() error { return act.do(password) }); err != nil {
			t.Fatalf("%s with the password: %v", act.name, err)
		}
	}
}

// A wrong password stops nothing that runs.
func TestAWrongPasswordDisconnectsNothing(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 69, Patients: 20})
	f.signUpAndConnect()
	if _, err := f.app.Sync.List(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.Disconnect("not the password"); profile.CodeOf(err) != profile.SignInRefused {
		t.Fatal(err)
	}
	if pass, err := f.app.Sync.Import(); err != nil || pass.Read != 20 {
		t.Errorf("the list is gone: %+v, %v", pass, err)
	}
}

// Nobody is removed with a wrong password, and the question stays.
func TestAWrongPasswordRemovesNobody(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 300, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	gone := slices.Clone(f.fake.IDs()[100:160])
	for _, id := range gone {
		if err := f.fake.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.Gone || len(f.missing()) != 60 {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.RemoveMissing(gone, "not the password"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("%v", err)
	}
	if err := f.importedAgain(); profile.CodeOf(err) != profile.Gone {
		t.Errorf("the next sync: %v", err)
	}
	if len(f.missing()) != 60 || f.listed() != 300 {
		t.Errorf("%d missing of %d", len(f.missing()), f.listed())
	}
}
