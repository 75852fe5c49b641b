package profile

import "time"

// Outcome is what a pass did with one patient. Every patient that a pass read
// has exactly one.
type Outcome string

// The outcomes.
const (
	Synced          Outcome = "synced"    // stored for the first time, or with new details
	Unchanged       Outcome = "unchanged" // the stored copy was already the same
	Failed          Outcome = "failed"    // see Failure
	ArchivedOutcome Outcome = "archived"  // archived, merged or deleted in Cliniko
)

// Counts sums the outcomes of the patients that a pass read.
type Counts struct {
	Read      int `json:"read"`
	Synced    int `json:"synced"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	Archived  int `json:"archived"`
}

// Kind says which patients a pass asks for.
type Kind string

// The kinds of pass.
const (
	FullPass    Kind = "full"    // every patient, archived ones included
	ChangesPass Kind = "changes" // what changed since the cursor
	RetryPass   Kind = "retry"   // some patients: unreadable ones whose time has come (see RetryAt), or rows that do not open
)

// Pass is one run of the engine, as it is kept.
type Pass struct {
	ID        int64
	Kind      Kind
	StartedAt time.Time // by Cliniko's clock where it told the time
	EndedAt   time.Time // zero while it runs, or when it was cut off
	Counts    Counts
	Requests  int
	Expected  int  // how many patients Cliniko counted when a full pass began, archived ones included
	Total     int  // and when it ended
	Err       Code // "" for a pass that ended well
}

// Day sums the passes that ended within one calendar day.
type Day struct {
	Passes  int
	Broken  int // of Passes, those that neither ended well nor were cancelled
	Failing int // how many profiles were failing after the last of them; -1: not known
}

// Entry is one judged record of a batch.
type Entry struct {
	Ref     string
	Profile Profile   // its details as far as known; empty when unreadable
	Failure *Failure  // nil: a complete profile, or an archived one
	Opened  bool      // someone asked for this client, so keep it even if it is archived
	ReadAt  time.Time // Cliniko's clock when it answered; only for Save
}

// Batch is what one transaction of a pass stores.
type Batch struct {
	PassID  int64
	Entries []Entry
	Page    int // the numbered page of a full pass that these entries are all of; else 0
}

// Clinic is the practice that the key belongs to.
type Clinic struct {
	AccountID string // Cliniko's id of the account, the identity of the clinic
	Name      string
	Subdomain string // with the shard, the web address of the clinic's Cliniko; "" if it did not say
	Shard     string
	Country   string // by its ISO 3166 code, for phone numbers; "" is not known
	Patients  string // what the clinic calls them: "patient" or "client"
	OwnerName string // of the key
	OwnerRole string
	KeyEnds   string // the key's last four characters before its shard
	Connected time.Time
}

// Button says how far a clinic is with Open in TeleHab, the button in Cliniko.
type Button string

// How far a clinic is with it.
const (
	ButtonUntried Button = ""
	ButtonWorks   Button = "works"  // a test link has come back
	ButtonUnused  Button = "unused" // somebody said that the clinic does without
)

// WebAddress returns where the clinic's Cliniko is in a browser, without a
// slash at the end. "": Cliniko did not say.
func (c *Clinic) WebAddress() string {
	if c.Subdomain == "" {
		return ""
	}
	return "https://" + c.Subdomain + "." + c.Shard + ".cliniko.com"
}
