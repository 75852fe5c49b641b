package account

import (
	"cmp"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Limits of names, emails and passwords.
const (
	MaxName     = 200  // characters
	MaxEmail    = 254  // bytes, the longest address that SMTP carries
	MinPassword = 12   // characters
	MaxPassword = 1000 // bytes; more would only take time
)

// validDetails checks what was entered and returns it, normalized, as a person
// without id, hash and time. Its errors are Invalid and repeat nothing of the
// input.
func validDetails(others []staff.Person, name, email string, permissions []staff.Permission) (staff.Person, error) {
	name, email = strings.TrimSpace(name), profile.Trim(email)
	granted, refused := checkPermissions(permissions)
	err := cmp.Or(checkName(name), checkEmail(others, email), refused)
	return staff.Person{Name: name, Email: email, Permissions: granted}, err
}

func checkName(name string) error {
	if profile.Blank(name) {
		return invalid("The name is empty. Type the person's name.")
	}
	if utf8.RuneCountInString(name) > MaxName {
		return profile.Errorf(profile.Invalid, "The name is longer than %d characters. Type a shorter one.", MaxName)
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unseen) {
		return invalid("The name contains characters that cannot be shown. Type it again.")
	}
	return nil
}

// unseen are characters that are invisible, or change the direction of what
// follows.
func unseen(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// unseenInEmail are invisible characters, which a person could not type when
// signing in.
func unseenInEmail(r rune) bool { return profile.Blank(string(r)) && !unicode.IsMark(r) }

func checkEmail(people []staff.Person, email string) error {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Name != "" || parsed.Address != email || len(email) > MaxEmail || strings.ContainsFunc(email, unseenInEmail) {
		return invalid("The email is not a plain address such as name@clinic.example. Type it again.")
	}
	if findByEmail(people, email) != nil {
		return invalid("Someone already uses this email. Use a different email, or sign in as that person.")
	}
	return nil
}

// checkPassword refuses a password that is easy to guess for whoever knows the
// words that are known of the person. There are no rules of composition.
func (p *People) checkPassword(password, name, email string, known []string) error {
	plain := normalPassword(password)
	local, _, _ := strings.Cut(email, "@")
	if utf8.RuneCountInString(plain) < MinPassword {
		return profile.Errorf(profile.Invalid, "The password is too short. Use at least %d characters, for example a few words in a row.", MinPassword)
	}
	if len(password) > MaxPassword || len(plain) > MaxPassword {
		return profile.Errorf(profile.Invalid, "The password is too long. Use at most %d bytes.", MaxPassword)
	}
	if !utf8.ValidString(plain) {
		return invalid("The password contains characters that no keyboard types. Type it again.")
	}
	if strings.EqualFold(plain, email) || strings.EqualFold(plain, local) || strings.EqualFold(plain, name) {
		return invalid("The password is the person's name or email. Choose something that others cannot guess.")
	}
	if scoreOf(plain, known) < minScore {
		return invalid("The password is too easy to guess. Use a few words that do not belong together.")
	}
	return nil
}

// checkPermissions returns each permission once, in display order.
func checkPermissions(asked []staff.Permission) ([]staff.Permission, error) {
	var granted []staff.Permission
	for _, known := range staff.AllPermissions {
		if slices.ContainsFunc(asked, func(p staff.Permission) bool { return p == known || p.View() == known }) {
			granted = append(granted, known)
		}
	}
	for _, permission := range asked {
		if !slices.Contains(staff.AllPermissions, permission) {
			return nil, invalid("One of the permissions does not exist. Choose from the list.")
		}
	}
	if len(granted) == 0 {
		return nil, invalid("A person needs at least one permission. Choose one or more.")
	}
	return granted, nil
}

func invalid(message string) error { return profile.Refuse(profile.Invalid, message) }

// findByEmail returns the person with the email, or nil.
func findByEmail(people []staff.Person, email string) *staff.Person {
	wanted := normalEmail(email)
	for i := range people {
		if normalEmail(people[i].Email) == wanted {
			return &people[i]
		}
	}
	return nil
}

// normalEmail is the form in which emails are compared.
func normalEmail(email string) string {
	return strings.ToLower(norm.NFC.String(profile.Trim(email)))
}

// normalPassword makes a password independent of how the keyboard composes
// accents, in which macOS and Windows differ.
func normalPassword(password string) string { return norm.NFC.String(password) }
