package storetest

import (
	"sync"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var peopleTests = []test{
	{"PeopleComeBackWhole", peopleComeBack},
	{"PeopleAreChangedByOneAtATime", peopleOneAtATime},
	{"QuickUnlockCanBeForbidden", quickUnlockForbidden},
}

func worker(id string) staff.Person {
	return staff.Person{ID: id, Name: "Robin " + id, Email: id + "@clinic.example", PasswordHash: "$argon2id$" + id,
		Permissions: []staff.Permission{staff.Practitioner, staff.ManagePeople}, CreatedAt: changedAt}
}

// keep stores a person, whoever is there.
func (s *scene) keep(p staff.Person) {
	s.Helper()
	s.must(s.People.ChangePeople(s.Context(), func([]staff.Person) (staff.Person, error) { return p, nil }))
}

// plain is a person as it can be compared: one does not print itself.
type plain staff.Person

func (s *scene) people() (all []plain) {
	s.Helper()
	people, err := s.open(s.T, s.clock.time).People.People(s.Context())
	s.must(err)
	for _, p := range people {
		all = append(all, plain(p))
	}
	return all
}

func peopleComeBack(s *scene) {
	first := s.people()
	last, eve := worker("zoe"), worker("eve")
	last.CreatedAt, eve.CreatedAt = changedAt.Add(2*aDay), changedAt.Add(aDay)
	s.keep(last)
	s.keep(eve)
	if diff := cmp.Diff(append(first, plain(eve), plain(last)), s.people()); diff != "" {
		s.Error(diff)
	}
	eve.Name, eve.Deactivated, eve.Permissions = "Eve", changedAt.Add(3*aDay), nil
	s.keep(eve)
	if diff := cmp.Diff(append(first, plain(eve), plain(last)), s.people()); diff != "" {
		s.Error(diff)
	}
	refused := profile.Refuse(profile.Invalid, "No.")
	if err := s.People.ChangePeople(s.Context(), func(people []staff.Person) (staff.Person, error) {
		if len(people) != len(first)+2 {
			s.Errorf("%d people", len(people))
		}
		return worker("mallory"), refused
	}); profile.CodeOf(err) != profile.Invalid {
		s.Error(err)
	}
	if n := len(s.people()); n != len(first)+2 {
		s.Errorf("%d people after a refusal", n)
	}
}

// Of many processes that decide by how many there are, each sees the others.
func peopleOneAtATime(s *scene) {
	before := len(s.people())
	ids := []string{"a", "b", "c", "d", "e", "f"}
	seen := make([]int, len(ids))
	var group sync.WaitGroup
	for i, id := range ids {
		other := s.open(s.T, s.clock.time)
		group.Go(func() {
			if err := other.People.ChangePeople(s.Context(), func(people []staff.Person) (staff.Person, error) {
				seen[i] = len(people) - before
				return worker(id), nil
			}); err != nil {
				s.Error(err)
			}
		})
	}
	group.Wait()
	sum := 0
	for _, n := range seen {
		sum += n
	}
	if n := len(s.people()) - before; n != 6 || sum != 0+1+2+3+4+5 {
		s.Errorf("%d people, who saw %v", n, seen)
	}
}

func quickUnlockForbidden(s *scene) {
	is := func(want bool) {
		s.Helper()
		if forbidden, err := s.open(s.T, s.clock.time).People.QuickUnlockForbidden(s.Context()); err != nil || forbidden != want {
			s.Errorf("%v, want %v, %v", forbidden, want, err)
		}
	}
	is(false)
	s.must(s.People.ForbidQuickUnlock(s.Context(), true))
	is(true)
	eve := worker("eve")
	eve.QuickUnlock = staff.Enrollment{Kept: "pin", Wrong: 1}
	s.keep(eve)
	for _, p := range s.people() {
		if p.QuickUnlock != (staff.Enrollment{}) {
			s.Errorf("%s has a PIN", p.ID)
		}
	}
	s.must(s.People.ForbidQuickUnlock(s.Context(), false))
	is(false)
}
