package deeplink

import (
	"context"
	"fmt"

	"telehab.io/desktop/backend/profile"
)

// Codes of this package's errors.
const (
	// SchemeTaken: another program owns the scheme, and takeOver was false.
	SchemeTaken profile.Code = "scheme_taken"
	// SchemeUnsupported: the program cannot register the scheme on this system.
	SchemeUnsupported profile.Code = "scheme_unsupported"
	// SchemeTrouble: the operating system refused or failed.
	SchemeTrouble profile.Code = "scheme_trouble"
)

// Condition says which program opens the links on this computer, for this
// person.
type Condition string

// The conditions. Their values are stable: the window receives them.
const (
	Ready       Condition = "ready"       // this program does
	Missing     Condition = "missing"     // no program does
	Broken      Condition = "broken"      // this program, but with a wrong path or command line
	Foreign     Condition = "foreign"     // another program does
	Unsupported Condition = "unsupported" // this program cannot register itself here
)

// State is what Check found.
type State struct {
	Condition Condition
	Owner     string // Foreign: the other program's name, safe to display
	Message   string // for a person, with the next step; "" when Ready
}

// Registration is the operating system's entry that makes it start Executable
// with --link and the link. It belongs to the person who runs the program and
// needs no administrator. Do not use copies concurrently: the operating systems
// have no lock for this.
type Registration struct {
	// Executable is the absolute path of the program, as os.Executable gives
	// it.
	Executable string
}

// Check returns the state and changes nothing. It is fast enough for every
// start.
func (r Registration) Check(ctx context.Context) (State, error) {
	if err := ctx.Err(); err != nil {
		return State{}, err
	}
	state, err := r.inspect()
	if err != nil {
		return State{}, coded(err)
	}
	state.Message = sentence(state)
	return state, nil
}

// Repair makes the state Ready. It leaves another program's registration alone
// and fails with SchemeTaken, unless takeOver says that a person agreed. It
// checks the result, so that success means Ready.
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
		return coded(err)
	}
	if state, err = r.Check(ctx); err != nil {
		return err
	}
	if state.Condition != Ready {
		return coded(fmt.Errorf("the registration was written and is still %s", state.Condition))
	}
	return nil
}

// Remove removes our registration, if there is one, and no other.
func (r Registration) Remove(ctx context.Context) error {
	if err := r.remove(ctx); err != nil {
		return coded(err)
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

// coded adds the code and the sentence to an error, unless it has them.
func coded(err error) error {
	if profile.CodeOf(err) != profile.Internal {
		return err
	}
	return &profile.Error{
		Code: SchemeTrouble,
		Message: "This computer did not let TeleHab register its links. " +
			"Restart the computer and choose Repair again; if that does not help, write to TeleHab's support, support@vald.com.",
		Cause: err,
	}
}

// displayName makes another program's name fit for a sentence: one short line
// of printable characters.
func displayName(name string) string {
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

// isSteering reports whether r changes the direction of the text around it, or
// breaks it.
func isSteering(r rune) bool {
	return r >= 0x80 && r <= 0x9f || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2066 && r <= 0x2069 || r == 0xfeff || r == 0xfffd
}
