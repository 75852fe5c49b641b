package session_test

import (
	"testing"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
)

// Whoever may only make the first connection is asked for the key, and somebody
// else connects meanwhile: that key is not replaced.
func TestConnectIsDecidedOnceTheKeyIsThere(t *testing.T) {
	w, state, fake := open(t)
	dana := state.Session()
	disconnect := func(s *session.Session, whileAsked func()) (*session.Erased, error) {
		return s.Integration().Disconnect(t.Context(), password, func(session.Erasing) error { whileAsked(); return nil })
	}
	connect := func(s *session.Session, whileAsked func()) error {
		_, err := s.Integration().Connect(t.Context(), func() (string, error) { whileAsked(); return fake.Key(), nil })
		return err
	}
	connected := func() {
		if err := connect(dana, func() {}); err != nil {
			t.Error(err)
		}
	}
	if erased, err := disconnect(dana, func() {}); err != nil || erased.Rest {
		t.Fatalf("%+v, %v", erased, err)
	}
	const other = "violet tractor lemon sky"
	if _, err := dana.Accounts().Add(t.Context(), password, "Kim", "kim@example.com", other, []staff.Permission{staff.PMSLink, staff.CreateLink}); err != nil {
		t.Fatal(err)
	}
	kim, err := session.Authenticate(t.Context(), w, session.Options{}, "kim@example.com", other)
	if err != nil {
		t.Fatal(err)
	}
	if err := connect(kim, connected); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("Kim replaces the key: %v", err)
	}
	if _, err := disconnect(dana, func() {}); err != nil {
		t.Fatal(err)
	}
	if erased, err := disconnect(dana, connected); erased != nil || profile.CodeOf(err) != profile.Invalid {
		t.Errorf("connected while it was asked: %+v, %v", erased, err)
	}
	if _, err := w.Clinic(t.Context()); err != nil {
		t.Error(err)
	}
}
