package account_test

import (
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

const deskPassword = "a quiet blue river"

// withDesk adds a person who may only view profiles.
func withDesk(t *testing.T, people *account.People, owner *staff.Person) staff.Person {
	t.Helper()
	desk, err := people.Add(t.Context(), owner, "Desk Example", "desk@clinic.example", deskPassword, []staff.Permission{staff.Practitioner})
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

func TestChangeAPerson(t *testing.T) {
	people, _, owner := clinic(t)
	desk := withDesk(t, people, &owner)
	changed, err := people.Change(t.Context(), &owner, desk.ID, account.Details{Name: " Dee Example ", Email: "dee@clinic.example",
		Permissions: []staff.Permission{staff.ModifyLink}, Active: true})
	if err != nil || changed.Name != "Dee Example" || changed.PasswordHash != "" {
		t.Fatalf("%+v, %v", changed, err)
	}
	if !changed.May(staff.PMSLink) || !changed.May(staff.ModifyLink) || changed.May(staff.Practitioner) || changed.May(staff.DeleteLink) {
		t.Errorf("whoever may modify may view, and nothing else: %v", changed.Permissions)
	}
	if _, err := people.SignIn(t.Context(), "dee@clinic.example", deskPassword); err != nil {
		t.Errorf("the new email does not sign in: %v", err)
	}
	for why, d := range map[string]account.Details{
		"email taken":   {Name: "Dee", Email: ownerEmail, Permissions: changed.Permissions, Active: true},
		"no name":       {Name: " ", Email: "dee@clinic.example", Permissions: changed.Permissions, Active: true},
		"no permission": {Name: "Dee", Email: "dee@clinic.example", Active: true},
	} {
		if _, err := people.Change(t.Context(), &owner, desk.ID, d); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := people.Change(t.Context(), &changed, owner.ID, account.Details{Name: "O", Email: "o@clinic.example",
		Permissions: changed.Permissions, Active: true}); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("changed by somebody who may not: %v", err)
	}
	if _, err := people.Change(t.Context(), &owner, "nobody", account.Details{}); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("nobody: %v", err)
	}
}

func TestDeactivatedPeopleAreRefusedLikeStrangers(t *testing.T) {
	people, _, owner := clinic(t)
	desk := withDesk(t, people, &owner)
	details := account.Details{Name: desk.Name, Email: desk.Email, Permissions: staff.AllPermissions}
	if _, err := people.Change(t.Context(), &owner, desk.ID, details); err != nil {
		t.Fatal(err)
	}
	_, err := people.SignIn(t.Context(), desk.Email, deskPassword)
	_, stranger := people.SignIn(t.Context(), "stranger@clinic.example", deskPassword)
	if profile.CodeOf(err) != profile.SignInRefused || profile.MessageOf(err) != profile.MessageOf(stranger) {
		t.Errorf("%v; a stranger: %v", err, stranger)
	}
	gone := desk
	gone.Permissions = staff.AllPermissions
	if _, err := people.Add(t.Context(), &gone, "More", "more@clinic.example", "a quiet red river", details.Permissions); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("added by a deactivated person: %v", err)
	}
	details.Active = true
	if _, err := people.Change(t.Context(), &owner, desk.ID, details); err != nil {
		t.Fatal(err)
	}
}

func TestSomebodyCanAlwaysManagePeople(t *testing.T) {
	people, _, owner := clinic(t)
	desk := withDesk(t, people, &owner)
	all := account.Details{Name: owner.Name, Email: owner.Email, Permissions: staff.AllPermissions, Active: true}
	less := all
	less.Permissions = []staff.Permission{staff.Practitioner}
	away := all
	away.Active = false
	for why, d := range map[string]account.Details{"permission taken": less, "deactivated": away} {
		if _, err := people.Change(t.Context(), &owner, owner.ID, d); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("the last one, %s: %v", why, err)
		}
	}
	if _, err := people.Change(t.Context(), &owner, desk.ID, account.Details{Name: desk.Name, Email: desk.Email,
		Permissions: []staff.Permission{staff.ManagePeople}, Active: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := people.Change(t.Context(), &owner, owner.ID, away); err != nil {
		t.Errorf("not the last one any more: %v", err)
	}
}

func TestPasswords(t *testing.T) {
	now := time.Hour
	people, _, owner := clinic(t, account.WithUptime(func() time.Duration { return now }))
	desk := withDesk(t, people, &owner)
	const fresh = "three green hills"
	if err := people.ChangePassword(t.Context(), desk.ID, "not the password", fresh); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("a wrong present password: %v", err)
	}
	if err := people.ChangePassword(t.Context(), desk.ID, deskPassword, fresh); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("right after a wrong one: %v", err)
	}
	now += time.Minute
	if err := people.ChangePassword(t.Context(), desk.ID, deskPassword, "password1234"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("a common password: %v", err)
	}
	if err := people.ChangePassword(t.Context(), desk.ID, deskPassword, fresh); err != nil {
		t.Fatal(err)
	}
	if _, err := people.SignIn(t.Context(), desk.Email, deskPassword); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("the old password: %v", err)
	}
	if err := people.ResetPassword(t.Context(), &desk, owner.ID, fresh); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("reset by somebody who may not: %v", err)
	}
	if err := people.ResetPassword(t.Context(), &owner, desk.ID, "four brown horses"); err != nil {
		t.Fatal(err)
	}
	if err := people.Confirm(t.Context(), desk.ID, "four brown horses"); err != nil {
		t.Errorf("after the reset: %v", err)
	}
	err := people.Confirm(t.Context(), desk.ID, fresh)
	if profile.CodeOf(err) != profile.SignInRefused || strings.Contains(profile.MessageOf(err), "email") {
		t.Errorf("confirmed with another password: %v", profile.MessageOf(err))
	}
	if err := people.Confirm(t.Context(), desk.ID, "four brown horses"); !strings.Contains(profile.MessageOf(err), "Wait") {
		t.Errorf("asked again without a delay: %v", err)
	}
}
