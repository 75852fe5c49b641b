package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// shelf is a staff.PersonStore in memory.
type shelf struct {
	mu     sync.Mutex
	people []staff.Person
	tries  map[string]staff.Tries

	forbidden bool
}

func (s *shelf) QuickUnlockForbidden(context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forbidden, nil
}

func (s *shelf) ForbidQuickUnlock(_ context.Context, forbidden bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forbidden = forbidden
	for i := range s.people {
		if forbidden {
			s.people[i].QuickUnlock = staff.Enrollment{}
		}
	}
	return nil
}

func (s *shelf) CountTries(_ context.Context, email string, now, forgetAfter time.Duration, count func(staff.Tries) staff.Tries) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tries == nil {
		s.tries = map[string]staff.Tries{}
	}
	before := s.tries[email]
	before.Last = min(before.Last, now)
	if before.Last < now-forgetAfter {
		before = staff.Tries{}
	}
	s.tries[email] = count(before)
	return nil
}

func (s *shelf) People(context.Context) ([]staff.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]staff.Person(nil), s.people...), nil
}

func (s *shelf) ChangePeople(_ context.Context, decide func([]staff.Person) (staff.Person, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := decide(append([]staff.Person(nil), s.people...))
	if err != nil {
		return err
	}
	if s.forbidden {
		p.QuickUnlock = staff.Enrollment{}
	}
	for i := range s.people {
		if s.people[i].ID == p.ID {
			s.people[i] = p
			return nil
		}
	}
	s.people = append(s.people, p)
	return nil
}

const (
	ownerEmail    = "owner@clinic.example"
	ownerPassword = "tall green tree"
)

// cheap makes tests with many sign-ins fast.
var cheap = account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1})

// clinic is a store with an owner.
func clinic(t *testing.T, options ...account.Option) (*account.People, *shelf, staff.Person) {
	t.Helper()
	store := &shelf{}
	people := account.New(store, append([]account.Option{cheap}, options...)...)
	owner, err := people.Add(t.Context(), nil, "Owner Example", ownerEmail, ownerPassword, nil)
	if err != nil {
		t.Fatalf("add the owner: %v", err)
	}
	return people, store, owner
}

func TestFirstPersonMayEverything(t *testing.T) {
	store := &shelf{}
	people := account.New(store, cheap)
	if anyone, err := people.Any(t.Context()); anyone || err != nil {
		t.Fatalf("Any on an empty store: %v, %v", anyone, err)
	}
	began := time.Now()
	owner, err := people.Add(t.Context(), nil, "  Owner Example ", " Owner@Clinic.example ", ownerPassword,
		[]staff.Permission{staff.Practitioner})
	if err != nil {
		t.Fatalf("Add: %v", err)
	}
	for _, permission := range staff.AllPermissions {
		if !owner.May(permission) {
			t.Errorf("the first person may not %s", permission)
		}
	}
	if owner.Name != "Owner Example" || owner.Email != "Owner@Clinic.example" || owner.ID == "" || owner.PasswordHash != "" {
		t.Errorf("returned %+v", owner)
	}
	if owner.CreatedAt.Location() != time.UTC || owner.CreatedAt.Before(began.Add(-time.Second)) {
		t.Errorf("created at %v", owner.CreatedAt)
	}
	if kept := store.people[0].PasswordHash; !strings.HasPrefix(kept, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("kept hash begins %.30q", kept)
	}
	if anyone, err := people.Any(t.Context()); !anyone || err != nil {
		t.Errorf("Any afterwards: %v, %v", anyone, err)
	}
}

func TestOnlyWhoManagesPeopleAdds(t *testing.T) {
	people, _, owner := clinic(t)
	desk, err := people.Add(t.Context(), &owner, "Desk Example", "desk@clinic.example", "a quiet blue river",
		[]staff.Permission{staff.PMSLink, staff.PMSLink})
	if err != nil {
		t.Fatalf("the owner adds the front desk: %v", err)
	}
	if len(desk.Permissions) != 1 || !desk.May(staff.PMSLink) {
		t.Errorf("the front desk got %v", desk.Permissions)
	}
	promoted := desk // a stale or forged copy does not count
	promoted.Permissions = staff.AllPermissions
	stranger := staff.Person{ID: "nobody", Permissions: staff.AllPermissions}
	for name, by := range map[string]*staff.Person{"nobody": nil, "front desk": &desk, "forged": &promoted, "stranger": &stranger} {
		_, err := people.Add(t.Context(), by, "More Example", "more@clinic.example", "a quiet red river",
			[]staff.Permission{staff.Practitioner})
		if profile.CodeOf(err) != profile.NotPermitted {
			t.Errorf("added by %s: %v", name, err)
		}
	}
	list, err := people.List(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("List: %d people, %v", len(list), err)
	}
	for _, person := range list {
		if person.PasswordHash != "" {
			t.Errorf("List hands out a hash")
		}
	}
}

func TestTwoFirstPeopleAtOnce(t *testing.T) {
	store := &shelf{}
	people := account.New(store, cheap)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			_, _ = people.Add(t.Context(), nil, "First Example", fmt.Sprintf("first%d@clinic.example", i), ownerPassword, nil)
		})
	}
	group.Wait()
	if len(store.people) != 1 {
		t.Fatalf("%d people became the first", len(store.people))
	}
}

func TestRules(t *testing.T) {
	people, store, owner := clinic(t)
	good := []staff.Permission{staff.Practitioner}
	for _, c := range []struct {
		why, name, email, password string
		permissions                []staff.Permission
		ok                         bool
	}{
		{"a phrase", "A Example", "a@clinic.example", "correct horse", good, true},
		{"another script", "Б Example", "b@clinic.example", "тихая синяя река", good, true},
		{"exactly twelve", "C Example", "c@clinic.example", "kettle river", good, true},
		{"exactly a thousand bytes", "D Example", "d@clinic.example", strings.Repeat("velvet otter carries nine lanterns ", 29)[:1000], good, true},
		{"no name", " \t", "x@clinic.example", "correct horse", good, false},
		{"name with a line break", "A\nB", "x@clinic.example", "correct horse", good, false},
		{"name too long", strings.Repeat("n", 201), "x@clinic.example", "correct horse", good, false},
		{"no email", "X", "", "correct horse", good, false},
		{"email with a name", "X", "Secret <secretive@clinic.example>", "correct horse", good, false},
		{"two emails", "X", "secretive@b.example, c@d.example", "correct horse", good, false},
		{"not an email", "X", "secretive.example", "correct horse", good, false},
		{"taken, in other case", "X", "OWNER@clinic.EXAMPLE", "correct horse", good, false},
		{"eleven characters", "X", "x@clinic.example", "s3cret word", good, false},
		{"twelve bytes, six characters", "X", "x@clinic.example", "жщюэъы", good, false},
		{"a thousand and one bytes", "X", "x@clinic.example", strings.Repeat("s3cret", 166) + "abcde", good, false},
		{"the email", "X", "secretive@clinic.example", "Secretive@Clinic.example", good, false},
		{"before the @", "X", "secretive.person@clinic.example", "secretive.person", good, false},
		{"the name", "Secretive Example", "x@clinic.example", "secretive example", good, false},
		{"one key", "X", "x@clinic.example", "zzzzzzzzzzzzzzzz", good, false},
		{"counting", "X", "x@clinic.example", "123456789012", good, false},
		{"a row of keys", "X", "x@clinic.example", "qwertyuiopas", good, false},
		{"a common one with digits", "X", "x@clinic.example", "password1234", good, false},
		{"a common one with signs", "X", "x@clinic.example", "!!Sunshine2024!!", good, false},
		{"a common one twice", "X", "x@clinic.example", "letmein letmein", good, false},
		{"nothing allowed", "X", "x@clinic.example", "correct horse", nil, false},
		{"unknown permission", "X", "x@clinic.example", "correct horse", []staff.Permission{"root", staff.PMSLink}, false},
	} {
		before := len(store.people)
		_, err := people.Add(t.Context(), &owner, c.name, c.email, c.password, c.permissions)
		if c.ok {
			if err != nil {
				t.Errorf("%s: %v", c.why, err)
			}
			continue
		}
		if profile.CodeOf(err) != profile.Invalid || len(store.people) != before {
			t.Errorf("%s: %v, %d people more", c.why, err, len(store.people)-before)
			continue
		}
		if told := strings.ToLower(err.Error() + profile.MessageOf(err)); strings.Contains(told, "secretive") || strings.Contains(told, "s3cret") {
			t.Errorf("%s: the error repeats what was typed: %s", c.why, told)
		}
	}
}
