package profile

import "time"

// Outcome is what a pass did with one patient. Every patient that a pass read
// has exactly one outcome.
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

// Kind says which patients a pass reads.
type Kind string

// The kinds of pass.
const (
	FullPass    Kind = "full"    // every patient, archived ones included
	ChangesPass Kind = "changes" // what changed since the cursor
	RetryPass   Kind = "retry"   // some patients: unreadable ones that are due (see RetryAt), or rows that cannot be decrypted
)

// Pass is one run of the engine, as it is stored.
type Pass struct {
	ID        int64
	Kind      Kind
	StartedAt time.Time // by Cliniko's clock, if known
	EndedAt   time.Time // zero while it runs, and when it was interrupted
	Counts    Counts
	Requests  int
	Expected  int  // how many patients Cliniko counted when a full pass began, or a page of it told of, archived ones included
	Total     int  // and when it ended
	Err       Code // "" for a pass that succeeded
	Service   bool // telehab sync --watch ran it, or resumed it last
}

// Day sums the passes that ended within one calendar day.
type Day struct {
	Passes  int
	Broken  int // of Passes, those that neither succeeded nor were cancelled
	Failing int // how many profiles needed attention after the last of them; -1: not known
}

// Entry is one judged record of a batch.
type Entry struct {
	Ref     string
	Profile Profile   // its details as far as known; empty when unreadable
	Failure *Failure  // nil: a complete profile, or an archived one
	Opened  bool      // a person opened this client, so store it even if archived
	ReadAt  time.Time // Cliniko's clock when it answered; only for Save
}

// Batch is what one transaction of a pass stores.
type Batch struct {
	PassID  int64
	Entries []Entry
	Page    int // the number of the page of a full pass that these entries make up; otherwise 0
	Total   int // how many patients there were by that page; a pass that resumes expects the most that any told
}

// Clinic is the practice that the key belongs to.
type Clinic struct {
	AccountID string // Cliniko's id of the account, the identity of the clinic
	Name      string
	Subdomain string // with the shard, the web address of the clinic's Cliniko; "" if unknown
	Shard     string
	Country   string // ISO 3166 code, for phone numbers; "" if unknown
	Patients  string // what the clinic calls them: "patient" or "client"
	OwnerName string // of the key
	OwnerRole string
	KeyEnds   string // the key's last four characters before its shard
	Connected time.Time
}

// Button is how far a clinic has set up Open in TeleHab, the button in Cliniko.
type Button string

// The states of the button.
const (
	ButtonUntried Button = ""
	ButtonWaiting Button = "waiting" // Cliniko was asked to approve the App URL
	ButtonWorks   Button = "works"   // a link came from a browser
	ButtonUnused  Button = "unused"  // a person said that the clinic does not use it
)

// WebAddress returns the address of the clinic's Cliniko in a browser, without
// a slash at the end, or "" if Cliniko did not give it.
func (c *Clinic) WebAddress() string {
	if c.Subdomain == "" {
		return ""
	}
	return "https://" + c.Subdomain + "." + c.Shard + ".cliniko.com"
}
