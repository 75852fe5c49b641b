package fakeclinic

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	// DefaultPatients is how many patients a clinic has if [Options.Patients]
	// is zero.
	DefaultPatients = 2000
	// NoPatients is the [Options.Patients] of an empty clinic.
	NoPatients = -1
	// ClinikoLimit is the number of requests a minute that Cliniko allows each
	// user.
	ClinikoLimit = 200

	rateWindow = time.Minute
)

// Options describe a clinic. The zero value is a hostile clinic of 2,000
// patients, with no rate limit and no latency. DemoOptions are the demo's.
type Options struct {
	// Seed determines everything that is generated. Clinics with equal Seed,
	// Patients, Shares, Everyday and Closed are identical.
	Seed uint64
	// Patients is how many patients to generate; zero means DefaultPatients,
	// NoPatients means none.
	Patients int
	// Shares say how many of them lack something or are otherwise unusual; nil
	// means HostileShares.
	Shares *Shares
	// Everyday has people with the names, addresses and numbers that one meets
	// in a clinic in Melbourne, instead of those that are hard to get right.
	Everyday bool
	// Closed is the latest of all generated times; zero means the end of 2025.
	Closed time.Time

	// Key is the API key with its shard suffix; empty means one derived from
	// the seed.
	Key string
	// Name, Subdomain and AccountID identify the clinic; empty means Harbour
	// Physio, harbour-physio and 4000001.
	Name, Subdomain, AccountID string
	// PatientTerm is what the clinic calls its patients, "patient" (the
	// default) or "client".
	PatientTerm string
	// PatientApps are listed under "Open in" on a patient's page; nil means
	// TeleHabApp alone, an empty slice none.
	PatientApps []PatientApp

	// Limit is how many requests are admitted in a minute; zero means no limit.
	// See ClinikoLimit.
	Limit int
	// FixedWindow counts requests by the minute of the clock instead of over
	// the last 60 seconds.
	FixedWindow bool
	// Latency passes before every API response.
	Latency time.Duration
	// Clock is the server's own clock, called from many goroutines; nil means
	// time.Now.
	Clock func() time.Time
	// ArchiveBumps makes archiving, unarchiving and merging change updated_at.
	// Cliniko's samples suggest that they do not.
	ArchiveBumps bool
}

func (o Options) withDefaults() Options {
	switch {
	case o.Patients == 0:
		o.Patients = DefaultPatients
	case o.Patients < 0:
		o.Patients = 0
	}
	if o.Shares == nil {
		shares := HostileShares()
		o.Shares = &shares
	}
	if o.Key == "" {
		o.Key = keyFromSeed(o.Seed)
	}
	if o.Name == "" {
		o.Name = "Harbour Physio"
	}
	if o.Subdomain == "" {
		o.Subdomain = "harbour-physio"
	}
	if o.AccountID == "" {
		o.AccountID = "4000001"
	}
	if o.PatientTerm == "" {
		o.PatientTerm = "patient"
	}
	if o.PatientApps == nil {
		o.PatientApps = []PatientApp{TeleHabApp()}
	}
	if o.Closed.IsZero() {
		o.Closed = closed
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// keyFromSeed has the form of a real key, and says what it is when decoded.
func keyFromSeed(seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 0x6b6579))
	plain := fmt.Sprintf("1-%d-FAKE-KEY-NOT-SECRET-%016x", 4000001+seed%1000, random.Uint64())
	return strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(plain)), "=") + "-au1"
}
