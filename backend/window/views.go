package window

// The shapes that cross to the window; those of one service alone stand beside
// it. Ids and times are text (RFC 3339, UTC);
// "" means none. Nothing here holds a key or a password.

// AppState is everything the window needs to choose its first screen.
type AppState struct {
	Version     string      `json:"version"`
	Generation  int64       `json:"generation"`  // grows when the data of another clinic is shown, or none after Disconnect
	Session     int64       `json:"session"`     // the number of the session of whoever is signed in; 0 is nobody
	Demo        bool        `json:"demo"`        // this is the simulated clinic
	Throwaway   bool        `json:"throwaway"`   // the demo's data is gone after a restart of the computer
	PeopleExist bool        `json:"peopleExist"` // somebody has an account on this computer
	Person      *PersonView `json:"person"`      // who is signed in, or null
	Locked      *LockedView `json:"locked"`      // who comes back with the password or the PIN alone, or null
	// View is what Security.KeepView was told before whoever is signed in came
	// back; "" for nothing.
	View string `json:"view"`
	// People are who may sign in, and LastPerson the id of whoever of them did
	// last, or "", also where they have left the window to somebody else: while the window is nobody's, and not while it is locked.
	People      []PersonTile `json:"people"`
	LastPerson  string       `json:"lastPerson"`
	Managers    []string     `json:"managers"`   // the names of who can give permissions; none while nobody is signed in
	Clinic      *ClinicView  `json:"clinic"`     // the connected clinic, or null
	Keyring     *ErrorView   `json:"keyring"`    // what is wrong with the system keyring, or null
	Store       *ErrorView   `json:"store"`      // why the data on this computer cannot be opened, or null
	MayReset    bool         `json:"mayReset"`   // the store is certainly lost: starting again may be offered
	PIN         PINView      `json:"pin"`        // of whoever is signed in
	Button      string       `json:"button"`     // Open in TeleHab: works, waiting (for Cliniko), unused; "" at first
	ClientWord  string       `json:"clientWord"` // "client" or "patient", as the clinic says
	Sync        SyncStatus   `json:"sync"`
	Service     *ErrorView   `json:"service"` // why the service does not sync any more, or null
	Shared      *SharingView `json:"shared"`  // several computers share the clinic; null: this one alone has it
	Tally       TallyView    `json:"tally"`
	IdleMinutes int          `json:"idleMinutes"` // after which the window locks
	Start       string       `json:"start"`       // with which screen the window begins for whoever is signed in: today or profiles
	Notify      bool         `json:"notify"`      // whoever is signed in chose to be notified by the operating system
	NotifyFails bool         `json:"notifyFails"` // and the last notification could not be shown
	LinkWaiting bool         `json:"linkWaiting"` // a link came in and waits for Links.Take, or for somebody to sign in
}

// PersonView is a person of this computer.
type PersonView struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Email       string   `json:"email"`
	Permissions []string `json:"permissions"` // practitioner, practitioner.create, …, pms_link, …, people
	Role        string   `json:"role"`        // that has exactly these permissions: front_desk, practitioner, owner; "" for none
	Active      bool     `json:"active"`      // may sign in
}

// PersonTile is one of those who may sign in with their password, on the screen
// where they do.
type PersonTile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	PIN  bool   `json:"pin"` // or their PIN, at present
}

// LockedView is who locked the window.
type LockedView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	PIN  bool   `json:"pin"` // as in PersonTile
}

// ClinicView is the connected clinic.
type ClinicView struct {
	Name        string `json:"name"`
	Color       string `json:"color"` // teal, blue, violet, pink, orange, green
	Shard       string `json:"shard"`
	OwnerName   string `json:"ownerName"` // whose key it is
	OwnerRole   string `json:"ownerRole"`
	KeyEnds     string `json:"keyEnds"` // "W0pd"
	ConnectedAt string `json:"connectedAt"`
}

// ConnectionView is what Integration.Connect proved about a key.
type ConnectionView struct {
	Clinic   ClinicView `json:"clinic"`
	Patients int        `json:"patients"` // unarchived ones in Cliniko
}

// ErrorView is an error that a person may read; rejected promises carry it.
type ErrorView struct {
	Code    string `json:"code"`
	Message string `json:"message"` // ends with the next step
	Until   string `json:"until"`   // for rate_limited: when requests resume
	Wait    int    `json:"wait"`    // for sign_in_refused: seconds until a password is compared again; 0: this one was
}

// TallyView counts the kept profiles.
type TallyView struct {
	Active          int    `json:"active"` // those that need attention included
	Failed          int    `json:"failed"` // need attention
	Archived        int    `json:"archived"`
	ActiveInCliniko int    `json:"activeInCliniko"` // what Cliniko counted
	CountedAt       string `json:"countedAt"`
	Missing         int    `json:"missing"` // of whom a person has to decide: see Integration.Missing
}

// SyncStatus says what the engine does now. It is sent whole with every change,
// at most ten times a second.
type SyncStatus struct {
	// Number grows with each status, because what is told from two
	// goroutines, or through a web socket, may arrive in another order.
	Number     int64 `json:"number"`
	Generation int64 `json:"generation"` // the AppState's, of the clinic that this is about
	// Phase: idle, listing (reading the client list), listed (waiting for
	// Start sync), storing, changes (asking what is new), checking (comparing
	// counts).
	Phase        string     `json:"phase"`
	Now          string     `json:"now"`        // Cliniko's time, as far as it is known, when this was sent
	Background   bool       `json:"background"` // nobody asked for what runs: show no more than a line
	Done         int        `json:"done"`
	Total        int        `json:"total"`        // 0: not known yet
	PerSecond    float64    `json:"perSecond"`    // 0: not known yet
	SecondsLeft  int        `json:"secondsLeft"`  // -1: not known
	WaitingUntil string     `json:"waitingUntil"` // by this computer's clock
	LastSuccess  string     `json:"lastSuccess"`  // end of the last pass that ended well
	ByService    bool       `json:"byService"`    // that one was run by telehab sync --watch
	Last         *PassView  `json:"last"`         // the last pass of any end, or null
	Problem      *ErrorView `json:"problem"`      // why the last pass did not end well, or null
	Unfinished   bool       `json:"unfinished"`   // an import was cut off and will continue
	OfflineSince string     `json:"offlineSince"` // "" when Cliniko can be reached, as far as is known; by this computer's clock
}

// PassView is one pass with its numbers: read = synced + unchanged + failed +
// archived.
type PassView struct {
	Kind      string `json:"kind"` // full, changes, retry
	StartedAt string `json:"startedAt"`
	EndedAt   string `json:"endedAt"`
	Read      int    `json:"read"`
	Synced    int    `json:"synced"`
	Unchanged int    `json:"unchanged"`
	Failed    int    `json:"failed"`
	Archived  int    `json:"archived"`
	Requests  int    `json:"requests"`
	Error     string `json:"error"` // the code of why it did not end well, or ""
}

// DayView sums the passes that ended within one day.
type DayView struct {
	Passes  int `json:"passes"`
	Broken  int `json:"broken"`  // of passes, those that neither ended well nor were cancelled
	Failing int `json:"failing"` // how many profiles needed attention after the last of them; -1: not known
}

// ListingView sums what Sync clients found in Cliniko.
type ListingView struct {
	Total    int `json:"total"`    // unarchived patients
	Failing  int `json:"failing"`  // of them, those that need attention
	Ready    int `json:"ready"`    // of them, without
	Archived int `json:"archived"` // left out of the list
	Added    int `json:"added"`    // of Total, those who have no profile here yet
	Changed  int `json:"changed"`  // of Total, those whose profile here differs

	Reasons []ReasonCount `json:"reasons"` // of Failing; those that nobody has left out
}

// ListedRow is one patient of the listing, those that need attention first,
// then by name.
type ListedRow struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"` // as lists show it; "" if there is none
	Born     string        `json:"born"` // YYYY-MM-DD
	Email    string        `json:"email"`
	Problems []ProblemView `json:"problems"`
	Code     string        `json:"code"` // "" or incomplete, impossible, unreadable
}

// ListingPage is a part of the listing.
type ListingPage struct {
	Rows  []ListedRow `json:"rows"`
	Total int         `json:"total"`
}

// ProblemView names a field and what is wrong with it.
type ProblemView struct {
	Field string `json:"field"` // first_name, last_name, date_of_birth, sex, email; of what is too long also title, preferred_first_name, gender_identity, pronouns, phones
	Label string `json:"label"` // "Email"
	Kind  string `json:"kind"`  // missing, not_a_date, in_future, long_ago, not_an_email, not_printable, too_long, too_many
	Text  string `json:"text"`  // "Email is missing"
	Value string `json:"value"` // what Cliniko has instead, of a birth date or an email; "" for none
}

// FailureView is a profile that needs attention.
type FailureView struct {
	Ref           string        `json:"ref"` // to retry it; the id where there is one
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	Code          string        `json:"code"` // incomplete, impossible, unreadable
	Problems      []ProblemView `json:"problems"`
	Reason        string        `json:"reason"` // all problems in one sentence, with the values that are wrong
	FirstFailedAt string        `json:"firstFailedAt"`
	LastFailedAt  string        `json:"lastFailedAt"`
	Attempts      int           `json:"attempts"`
}

// ProfileQuery asks for a part of the profile list.
type ProfileQuery struct {
	Search  string `json:"search"`  // names, preferred names, email, phone digits, id
	Filter  string `json:"filter"`  // all (active, failed ones included), attention, archived
	NoPhone bool   `json:"noPhone"` // only those without a phone number
	NoEmail bool   `json:"noEmail"` // only those without an email
	Changed string `json:"changed"` // in Cliniko: week (the last 7 days), month (the last 30), "" whenever
	Reason  string `json:"reason"`  // only those that need attention for it: see ReasonCount; "" any, or none
	// Refs are the only rows to look at, by ref; none for all.
	Refs   []string `json:"refs"`
	Sort   string   `json:"sort"` // name, born, sex, email, phone, updated, match; of those that need attention also reason, since
	Desc   bool     `json:"desc"`
	Offset int      `json:"offset"`
	Limit  int      `json:"limit"` // at most 500 rows
}

// ProfilePage answers a ProfileQuery.
type ProfilePage struct {
	Rows      []ProfileRow `json:"rows"`
	Matched   int          `json:"matched"` // rows that fit the query
	All       int          `json:"all"`     // counts for the filter tabs, whatever the search
	Attention int          `json:"attention"`
	Archived  int          `json:"archived"`
	NoPhone   int          `json:"noPhone"` // counts within the filter, whatever the search
	NoEmail   int          `json:"noEmail"`
	Week      int          `json:"week"`
	Month     int          `json:"month"`
	// Suggestion is a search that finds somebody, where this one finds nobody and
	// a word of it looks misspelt; "" for none.
	Suggestion string `json:"suggestion"`
}

// ProfileRow is one line of the profile list.
type ProfileRow struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"` // as lists show it
	Preferred string        `json:"preferred"`
	Born      string        `json:"born"`
	Sex       string        `json:"sex"`
	Email     string        `json:"email"`
	Phone     string        `json:"phone"` // mobile if there is one; another one if the search has hit that alone
	State     string        `json:"state"` // active, archived, merged, deleted
	Problems  []ProblemView `json:"problems"`
	UpdatedAt string        `json:"updatedAt"` // changed in Cliniko
	Hits      HitsView      `json:"hits"`      // what the search found in it
}

// HitsView says which parts of a row's texts a search has hit: the beginning
// and the end of each part, one after the other, in UTF-16 units; null for
// none.
type HitsView struct {
	Name      []int `json:"name"`
	Preferred []int `json:"preferred"`
	Email     []int `json:"email"`
	Phone     []int `json:"phone"`
}

// LinkView is a link that came in, or what was found in pasted text.
type LinkView struct {
	ID string `json:"id"` // the client to open; "" for none
}

// LinkSetupView is what Settings shows about Open in TeleHab.
type LinkSetupView struct {
	AppName     string `json:"appName"`
	AppURL      string `json:"appUrl"`      // what a clinic enters in Cliniko
	Bookmarklet string `json:"bookmarklet"` // a javascript: address for the bookmarks bar
	// State of telehab:// on this computer: ready, missing, broken (ours, and
	// it leads elsewhere), foreign (another program's), unsupported.
	State   string `json:"state"`
	Owner   string `json:"owner"`   // of a foreign registration
	Message string `json:"message"` // what it means, with the next step
}
