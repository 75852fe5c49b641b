package session

import (
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Needs says which permissions something requires: at least one of each
// group. A group without any requires only that somebody is signed in.
type Needs [][]staff.Permission

// Anyone is for what needs nobody to be signed in.
var Anyone Needs

// SignedIn is for what everybody may who is signed in.
var SignedIn = Needs{{}}

// AnyOf needs one of the permissions.
func AnyOf(some ...staff.Permission) Needs { return Needs{some} }

// AllOf needs every one of the permissions.
func AllOf(every ...staff.Permission) Needs {
	n := Needs{}
	for _, each := range every {
		n = append(n, []staff.Permission{each})
	}
	return n
}

// Require returns nil if the person of this session has what is needed. A nil
// session is nobody's.
//
// Errors: SignedOut, NotPermitted.
func (s *Session) Require(n Needs) error {
	if len(n) == 0 {
		return nil
	}
	if s == nil || s.Ended() {
		return errNobody
	}
	person := s.Person()
	for _, group := range n {
		if len(group) > 0 && !slices.ContainsFunc(group, person.May) {
			return profile.Refuse(profile.NotPermitted, "You don't have access to this. Ask whoever manages the people in TeleHab at your clinic.")
		}
	}
	return nil
}

var errNobody = profile.Refuse(profile.SignedOut, "Nobody is signed in. Sign in first.")
