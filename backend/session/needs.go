package session

import (
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Needs says what something requires: nobody, somebody who is signed in, or at
// least one permission of each group. The zero value refuses everybody.
type Needs struct {
	anyone, signedIn bool
	groups           [][]staff.Permission
}

var (
	// Anyone is for what needs nobody to be signed in.
	Anyone = Needs{anyone: true}
	// SignedIn is for what everybody may who is signed in.
	SignedIn = Needs{signedIn: true}
)

// AnyOf needs one of the permissions.
func AnyOf(some ...staff.Permission) Needs { return Needs{groups: [][]staff.Permission{some}} }

// AllOf needs every one of the permissions.
func AllOf(every ...staff.Permission) Needs {
	n := Needs{}
	for _, each := range every {
		n.groups = append(n.groups, []staff.Permission{each})
	}
	return n
}

// and needs what both need.
func (n Needs) and(other Needs) Needs {
	return Needs{groups: slices.Concat(n.groups, other.groups)}
}

// Nobody says that nobody has to be signed in.
func (n Needs) Nobody() bool { return n.anyone }

// Require returns nil if the person of this session has what is needed. A nil
// session is nobody's.
//
// Errors: SignedOut, NotPermitted.
func (s *Session) Require(n Needs) error {
	switch {
	case n.anyone:
		return nil
	case s == nil || s.Ended():
		return errNobody
	case n.signedIn:
		return nil
	}
	if !n.metBy(s.Person()) {
		return errNoAccess
	}
	return nil
}

// metBy says that the person has the permissions, whether signed in or not.
func (n Needs) metBy(person *staff.Person) bool {
	for _, group := range n.groups {
		if !slices.ContainsFunc(group, person.May) {
			return false
		}
	}
	return len(n.groups) > 0
}

// Allows says that the person has what is needed, for what is shown to some only.
func (s *Session) Allows(n Needs) bool { return s.Require(n) == nil }

var (
	errNobody   = profile.Refuse(profile.SignedOut, "Nobody is signed in. Sign in first.")
	errNoAccess = profile.Refuse(profile.NotPermitted, "You don't have access to this. Ask whoever manages the people in TeleHab at your clinic.")
)
