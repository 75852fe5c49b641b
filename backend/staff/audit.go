package staff

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Action is what somebody did that the audit trail keeps.
type Action string

// The actions, and what their subject is.
const (
	SignedIn         Action = "signed_in"         // by nobody: the email was wrong
	OpenedProfile    Action = "opened_profile"    // Cliniko's id
	RefreshedProfile Action = "refreshed_profile" // Cliniko's id
	ReadHistory      Action = "read_history"      // Cliniko's id
	OpenedInCliniko  Action = "opened_in_cliniko" // Cliniko's id
	CopiedDetail     Action = "copied_detail"
	ContactedClient  Action = "contacted_client" // Cliniko's id
	ErasedProfile    Action = "erased_profile"   // Cliniko's id
	ExportedProfiles Action = "exported_profiles"
	ExportedSelected Action = "exported_selected"
	ExportedFailures Action = "exported_failures"
	MadeCallSheet    Action = "made_call_sheet"
	ConnectedClinic  Action = "connected_clinic" // Cliniko's id of the account
	ConnectedApart   Action = "connected_separately"
	Disconnected     Action = "disconnected"
	ConnectedHub     Action = "connected_hub"       // VALD's id of the organisation
	ComparedHub      Action = "compared_hub"        // VALD's id of the organisation
	ExportedHub      Action = "exported_comparison" // with VALD Hub; VALD's id of the organisation
	DisconnectedHub  Action = "disconnected_hub"    // VALD's id of the organisation
	SetHubSending    Action = "set_hub_sending"     // VALD's id of the organisation
	StoppedSending   Action = "stopped_sending"     // VALD's id of the organisation
	SentToHub        Action = "sent_to_hub"         // VALD's id of the organisation
	DecidedMatch     Action = "decided_match"       // Cliniko's id
	ChangedLinks     Action = "changed_links"       // which program opens links, or whether the clinic has the button
	ListedClients    Action = "listed_clients"
	ImportedClients  Action = "imported_clients"
	Synced           Action = "synced"
	CancelledSync    Action = "cancelled_sync"
	KeptMissing      Action = "kept_missing"
	RemovedMissing   Action = "removed_missing"
	AddedPerson      Action = "added_person"     // the person's id
	ChangedPerson    Action = "changed_person"   // the person's id
	ResetPassword    Action = "reset_password"   // the person's id
	ChangedPassword  Action = "changed_password" // their own
	SetPIN           Action = "set_pin"          // their own
	RemovedPIN       Action = "removed_pin"      // their own
	BlockedPIN       Action = "blocked_pin"      // by the last of MaxWrongUnlocks wrong ones
	AllowedPINs      Action = "allowed_pins"     // for everybody
	ForbadePINs      Action = "forbade_pins"     // for everybody
	ReadAudit        Action = "read_audit"
	SharedClinic     Action = "shared_clinic"    // through a database
	AddedComputer    Action = "added_computer"   // made a code to join with
	RemovedComputer  Action = "removed_computer" // the computer's id
	StoppedSharing   Action = "stopped_sharing"  // on this computer
	ChangedSecurity  Action = "changed_security" // when the window locks, or how long who has left is kept
)

// AuditMonths is how long the audit trail is kept at least.
const AuditMonths = 12

// NotFinished is the outcome of an event whose end was not recorded: it is
// still under way, or the program ended in the middle.
const NotFinished profile.Code = "not_finished"

// Event is one line of the audit trail. It holds no details of anybody.
type Event struct {
	ID      int64     // its place in the order of events
	At      time.Time // by Cliniko's clock, as far as it is known
	Here    time.Time // by this computer's
	Person  string    // the id of who did it
	Action  Action
	Subject string
	Outcome profile.Code // "" for done, NotFinished, or why it was not done
}

// AuditTrail keeps who did what for at least AuditMonths, in the order in which
// it was recorded. No clock of this computer shortens or reorders it: see
// profile.Clock.
type AuditTrail interface {
	// AddEvent adds an event and returns its ID. Of the times, Here is read.
	AddEvent(ctx context.Context, e Event) (int64, error)
	// FinishEvent records how the event with this ID ended that was NotFinished,
	// who did it, and its subject.
	FinishEvent(ctx context.Context, e Event) error
	// DropEvent removes an event that is NotFinished, since nothing was done.
	DropEvent(ctx context.Context, id int64) error
	// LastToSignIn returns the id of whoever signed in last; "" where the trail
	// has nobody.
	LastToSignIn(ctx context.Context) (string, error)
	// Events returns the newest events before the one with this id, the newest
	// first; 0 is from the end.
	Events(ctx context.Context, before int64, most int) ([]Event, error)
}
