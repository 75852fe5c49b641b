package session_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// processes returns several workspaces on one data directory, as several
// programs have it open.
func processes(t *testing.T, n int) []*workspace.Workspace {
	t.Helper()
	options := workspace.Options{Dir: leaktest.Dir(t, fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 1}), password)}
	open := make([]*workspace.Workspace, n)
	for i := range open {
		w, err := workspace.Open(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.Close() })
		open[i] = w
	}
	return open
}

// atOnce calls do for each workspace at the same time, and returns the codes of
// what they returned.
func atOnce(open []*workspace.Workspace, do func(i int, w *workspace.Workspace) error) map[profile.Code]int {
	var group sync.WaitGroup
	start, codes := make(chan struct{}), make([]profile.Code, len(open))
	for i, w := range open {
		group.Go(func() {
			<-start
			codes[i] = profile.CodeOf(do(i, w))
		})
	}
	close(start)
	group.Wait()
	counts := map[profile.Code]int{}
	for _, code := range codes {
		counts[code]++
	}
	return counts
}

func everybody(t *testing.T, w *workspace.Workspace) []staff.Person {
	t.Helper()
	people, err := w.Accounts.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return people
}

func TestOneFirstPersonOfManyProcesses(t *testing.T) {
	open := processes(t, 8)
	got := atOnce(open, func(i int, w *workspace.Workspace) error {
		_, err := session.AddFirst(t.Context(), w, session.Options{}, "First Example", fmt.Sprintf("first%d@example.com", i), password)
		return err
	})
	if got[""] != 1 || got[profile.NotPermitted] != 7 {
		t.Errorf("%v", got)
	}
	people := everybody(t, open[0])
	if len(people) != 1 || len(people[0].Permissions) != 10 {
		t.Errorf("%d people", len(people))
	}
	events, err := open[0].Events(t.Context(), 0, 10)
	if err != nil || len(events) != 1 || events[0].Action != "added_person" || events[0].Subject != people[0].ID {
		t.Errorf("%+v, %v", events, err)
	}
}

// Of two processes that decide by the same list of people, one decides first,
// and the other by what that one left.
func TestPeopleAreChangedByWhatIsStored(t *testing.T) {
	open := processes(t, 2)
	add := func(by *staff.Person, name, email string, may ...staff.Permission) staff.Person {
		t.Helper()
		p, err := open[0].Accounts.Add(t.Context(), by, name, email, password, may)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	dana := add(nil, "Dana Smith", email)
	kim := add(&dana, "Kim Example", "kim@example.com", staff.ManagePeople)

	got := atOnce(open, func(i int, w *workspace.Workspace) error {
		_, err := w.Accounts.Add(t.Context(), &dana, "Sam Example", "sam@example.com", password, []staff.Permission{staff.Practitioner})
		return err
	})
	if got[""] != 1 || got[profile.Invalid] != 1 {
		t.Errorf("two with the same email: %v", got)
	}

	// The person of whom a new password is hashed is deactivated meanwhile.
	for range 4 {
		away := account.Details{Name: kim.Name, Email: kim.Email, Permissions: kim.Permissions}
		var changed error
		atOnce(open, func(i int, w *workspace.Workspace) (err error) {
			if i == 0 {
				_, err = w.Accounts.Change(t.Context(), &dana, kim.ID, away)
				return err
			}
			changed = w.Accounts.ChangePassword(t.Context(), kim.ID, password, "three green hills")
			return changed
		})
		after := everybody(t, open[0])
		at := slices.IndexFunc(after, func(p staff.Person) bool { return p.ID == kim.ID })
		if after[at].Active() {
			t.Fatal("the change of a password brought back somebody who was deactivated meanwhile")
		}
		away.Active = true
		if _, err := open[0].Accounts.Change(t.Context(), &dana, kim.ID, away); err != nil {
			t.Fatal(err)
		}
		if changed == nil {
			if err := open[0].Accounts.ChangePassword(t.Context(), kim.ID, "three green hills", password); err != nil {
				t.Fatal(err)
			}
		}
	}

	got = atOnce(open, func(i int, w *workspace.Workspace) error {
		other := []staff.Person{dana, kim}[i]
		_, err := w.Accounts.Change(t.Context(), &[]staff.Person{kim, dana}[i], other.ID,
			account.Details{Name: other.Name, Email: other.Email, Permissions: []staff.Permission{staff.Practitioner}, Active: true})
		return err
	})
	if got[""] != 1 || got[profile.NotPermitted] != 1 {
		t.Errorf("two took the last permission to manage people from each other: %v", got)
	}
}
