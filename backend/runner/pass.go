package runner

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Kind says what a pass does.
type Kind string

// The kinds. Those but Listing write to the store.
const (
	Listing Kind = "listing" // reads the client list
	Import  Kind = "import"  // stores what was listed
	Full    Kind = "full"    // reads and stores everybody
	Changes Kind = "changes" // brings what is new or changed
	Retry   Kind = "retry"   // reads some clients again: unreadable ones that are due, or rows that do not open
)

// ErrCancelled is the cause of a pass that a person cancelled.
var ErrCancelled error = profile.Refuse(profile.Cancelled, "It was cancelled. What was already saved stays saved, and the next sync continues from there.")

// errPreempted leaves a pass in the background as if the program had ended: it
// resumes later. Nobody is shown it.
var errPreempted = &profile.Error{Code: profile.Cancelled, Cause: syncer.ErrClosing, Message: "It was preempted by what a person asked for, and resumes later."}

// work is what a pass has the engine do.
type work func(context.Context, *syncer.Engine, syncer.Report) (profile.Pass, error)

// pass is a pass that runs, or is about to. The slot's lock guards background,
// preempted and joined.
type pass struct {
	kind       Kind
	phase      syncer.Phase // what is shown until the engine reports
	background bool         // nobody asked for it
	resumed    bool         // it resumes an import that a person asked for, and is shown like one
	preempted  bool         // it was told to end, so nobody can join it
	joined     bool         // a person has joined it

	cancel context.CancelCauseFunc
	done   chan struct{} // closed once result and err are known
	result profile.Pass
	err    error
}

func newPass(kind Kind, phase syncer.Phase) *pass {
	return &pass{kind: kind, phase: phase, done: make(chan struct{})}
}

func newBackgroundPass(kind Kind) *pass {
	p := newPass(kind, syncer.Changes)
	p.background = true
	return p
}

// isUnfinished says that a pass runs, or was cut off.
func isUnfinished(p *profile.Pass) bool { return p.ID != 0 && p.EndedAt.IsZero() }

// problemOf returns why a stored pass did not end well, or nil. That somebody
// cancelled it is no problem.
func problemOf(p *profile.Pass) error {
	if p.Err == "" || p.Err == profile.Cancelled {
		return nil
	}
	return profile.Because(p.Err, nil)
}
