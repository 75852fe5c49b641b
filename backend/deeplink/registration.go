package deeplink

import (
	"context"
	"fmt"

	"telehab.io/desktop/backend/profile"
)

// Codes of the errors of this package.
const (
	// SchemeTaken: another program owns the scheme, and nobody asked to take it over.
	SchemeTaken profile.Code = "scheme_taken"
	// SchemeUnsupported: this program cannot register the scheme by itself here.
	SchemeUnsupported profile.Code = "scheme_unsupported"
	// SchemeTrouble: the operating system did not do what it was asked for.
	SchemeTrouble profile.Code = "scheme_trouble"
)

// Condition says who opens the links on this computer, for this person.
type Condition string

// The conditions. Their values are stable: they cross to the window.
const (
	Ready       Condition = "ready"       // this program does
	Missing     Condition = "missing"     // nobody does
	Broken      Condition = "broken"      // we did, but not as it should be: an older place, or unquoted
	Foreign     Condition = "foreign"     // another program does
	Unsupported Condition = "unsupported" // a registration is not ours to make here
)

// State is what Check found.
type State struct {
	Condition Condition
	Owner     string // Foreign: the other program's name, cleaned for showing
	Message   string // what a person reads, with the next step; "" when Ready
}

// Registration is the entry of the operating system that makes it start
// Executable with --link and the link. It belongs to the person who runs the
// program and needs no administrator. Copies share nothing, so several may be
// used, but not at once: the operating systems have no lock for this.
type Registration struct {
	// Executable is the absolute path of the program, as os.Executable gives it.
	Executable string
}

// Check looks and changes nothing. It is quick enough for every start.
func (r Registration) Check(ctx context.Context) (State, error) {
	if err := ctx.Err(); err != nil {
		return State{}, err
	}
	state, err := r.look()
	if err != nil {
		return State{}, trouble(err)
	}
	state.Message = sentence(state)
	return state, nil
}

// Repair makes the state Ready. Another program's registration stays what it is
// and the error is SchemeTaken, unless takeOver says that a person agreed. It
// looks again afterwards, so that no error means Ready.
func (r Registration) Repair(ctx context.Context, takeOver bool) error {
	state, err := r.Check(ctx)
	if err != nil {
		return err
	}
	switch {
	case state.Condition == Ready:
		return nil
	case state.Condition == Unsupported:
		return profile.Refuse(SchemeUnsupported, state.Message)
	case state.Condition == Foreign && !takeOver:
		return profile.Refuse(SchemeTaken, state.Message)
	}
	if err := r.write(ctx); err != nil {
		return trouble(err)
	}
	if state, err = r.Check(ctx); err != nil {
		return err
	}
	if state.Condition != Ready {
		return trouble(fmt.Errorf("the registration was written and is still %s", state.Condition))
	}
	return nil
}

// Remove takes our registration away and nobody else's. Nothing there is fine.
func (r Registration) Remove(ctx context.Context) error {
	if err := r.remove(ctx); err != nil {
		return trouble(err)
	}
	return nil
}

func sentence(state State) string {
	switch state.Condition {
	case Missing:
		return "This computer does not open TeleHab's links yet. Choose Repair."
	case Broken:
		return "This computer opens TeleHab's links with a copy of TeleHab that is no longer there or was moved. Choose Repair."
	case Foreign:
		return "Another program, " + state.Owner + ", opens TeleHab's links on this computer. " +
			"Choose Repair if TeleHab should open them."
	}
	return state.Message
}

// trouble gives an error its code and sentence, unless it has them.
func trouble(err error) error {
	if profile.CodeOf(err) != profile.Internal {
		return err
	}
	return &profile.Error{
		Code: SchemeTrouble,
		Message: "This computer did not let TeleHab register its links. " +
			"Restart the computer and choose Repair again; if it stays, contact support@vald.com.",
		Cause: err,
	}
}

// shown makes a name that another program chose fit for a sentence: one line
// of printable characters, not long.
func shown(name string) string {
	var clean []rune
	for _, r := range name {
		if r >= ' ' && r != 0x7f && !isSteering(r) {
			clean = append(clean, r)
		}
		if len(clean) == 60 {
			break
		}
	}
	if len(clean) == 0 {
		return "without a name"
	}
	return string(clean)
}

// isSteering tells the characters that turn or break the text around them.
func isSteering(r rune) bool {
	return r >= 0x80 && r <= 0x9f || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2066 && r <= 0x2069 || r == 0xfeff || r == 0xfffd
}
