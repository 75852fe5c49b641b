package fakeclinic

import "math"

// Shares say what part of a clinic's people is out of the ordinary, from 0 to 1. Each share is met exactly: of 2,000
// people and a share of 0.08 it is 160, whatever the seed.
//
// The shares up to Merged are dealt to different people, so that the number who lack something they need is the sum of
// the first eight; where they add up to more than 1, the later ones go short. The rest fall on anyone.
type Shares struct {
	// The details that a profile needs and that are missing here.
	NoEmail, NoSex, NoBirthDate, NoFirstName, NoLastName float64
	// SeveralMissing lack two or more of them.
	SeveralMissing float64
	// ImpossibleBirthDate is there, and can't be right.
	ImpossibleBirthDate float64

	// Archived are complete and archived.
	Archived float64
	// Merged are complete and merged into another; every fourth of them into one that is merged itself.
	Merged float64

	// OddSex is a sex other than Male or Female; LegacyGender has only the older field, Gender.
	OddSex, LegacyGender float64
	// SharedEmail is people who share an address with their family.
	SharedEmail float64
	// LeapDay is people born on 29 February.
	LeapDay float64
	// BulkSecond is people whose updated_at is one and the same second, as after an import.
	BulkSecond float64

	Hostile
}

// Hostile is what a clinic answers that Cliniko's contract does not allow, or that nobody has seen there: see the package
// contract. Some of it was seen years ago or at other calls, some is our own distrust. Without it a clinic is clean, and
// every answer of it keeps the contract unless a fault or an edit spoils it. The demo has all of it, as a program that
// meets real data should.
type Hostile struct {
	// Blanks sends some of what is missing as "" or white space instead of null.
	Blanks bool
	// ImpossibleEmail is people whose email Cliniko's own pattern refuses, such as "n/a". They are of the shares that are
	// dealt to different people.
	ImpossibleEmail float64
	// OddTimes is people whose date-times have fractions, offsets, even +1100 without a colon, or "" for none.
	OddTimes float64
	// Specials adds one each of some two dozen hard cases, such as markup or a formula for a name, in place of ordinary
	// people. Small clinics get as many as a quarter of them.
	Specials bool
}

// DemoShares are those of the demo clinic: what a few years of front-desk typing leave behind.
func DemoShares() Shares {
	return Shares{
		NoEmail: 0.08, NoSex: 0.02, NoBirthDate: 0.01, NoFirstName: 0.002, NoLastName: 0.002, SeveralMissing: 0.002,
		ImpossibleBirthDate: 0.003,
		Archived:            0.03, Merged: 0.005,
		OddSex: 0.02, LegacyGender: 0.02, SharedEmail: 0.06, LeapDay: 0.003, BulkSecond: 0.15,
		Hostile: Hostile{Blanks: true, ImpossibleEmail: 0.004, OddTimes: 0.03, Specials: true},
	}
}

// CleanShares are those of a clinic in which nobody lacks anything and nobody is archived.
func CleanShares() Shares {
	return Shares{SharedEmail: 0.06, BulkSecond: 0.15}
}

// lot is what one person was dealt.
type lot uint8

const (
	ordinary lot = iota
	noEmail
	noSex
	noBirthDate
	noFirstName
	noLastName
	severalMissing
	impossibleEmail
	impossibleBirthDate
	archivedLot
	mergedLot
)

// lots are the shares that exclude one another.
func (s Shares) lots() []struct {
	lot   lot
	share float64
} {
	return []struct {
		lot   lot
		share float64
	}{
		{noEmail, s.NoEmail}, {noSex, s.NoSex}, {noBirthDate, s.NoBirthDate},
		{noFirstName, s.NoFirstName}, {noLastName, s.NoLastName}, {severalMissing, s.SeveralMissing},
		{impossibleEmail, s.ImpossibleEmail}, {impossibleBirthDate, s.ImpossibleBirthDate},
		{archivedLot, s.Archived}, {mergedLot, s.Merged},
	}
}

// portion is a share of n people, to the nearest whole one.
func portion(share float64, n int) int {
	return min(n, max(0, int(math.Round(share*float64(n)))))
}
