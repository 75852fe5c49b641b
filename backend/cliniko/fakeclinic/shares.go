package fakeclinic

import "math"

// Shares say what part of a clinic's patients is unusual, from 0 to 1. Each
// share is met exactly: 0.08 of 2,000 patients are 160, whatever the seed.
//
// The shares up to Merged go to different patients, so that the number who need
// attention is the sum of the first eight; if they add up to more than 1, the
// later ones get less. The rest may go to any patient.
type Shares struct {
	// The required details that are missing.
	NoEmail, NoSex, NoBirthDate, NoFirstName, NoLastName float64
	// SeveralMissing lack two or more of them.
	SeveralMissing float64
	// ImpossibleBirthDate is set, and cannot be right.
	ImpossibleBirthDate float64

	// Archived are complete and archived.
	Archived float64
	// Merged are complete and merged into another patient; every fourth into
	// one that is itself merged.
	Merged float64

	// OddSex is a sex other than Male or Female; LegacyGender has only the
	// older field, Gender.
	OddSex, LegacyGender float64
	// SharedEmail are patients who share an email address with their family.
	SharedEmail float64
	// LeapDay are patients born on 29 February.
	LeapDay float64
	// BulkSecond are patients with the same updated_at, as after an import.
	BulkSecond float64

	Hostile
}

// Hostile are answers that Cliniko's contract does not allow, or that have not
// been seen: see package contract. Some were seen years ago or in other calls,
// some are precautions. Without them a clinic is clean, and every answer obeys
// the contract unless a fault or an edit changes it.
type Hostile struct {
	// Blanks sends some missing values as "" or white space instead of null.
	Blanks bool
	// ImpossibleEmail are patients whose email Cliniko's own pattern refuses,
	// such as "n/a". This share is one of those that go to different patients.
	ImpossibleEmail float64
	// OddTimes are patients whose times have fractions, offsets, even +1100
	// without a colon, or "" for none.
	OddTimes float64
	// Specials adds one each of about two dozen hard cases, such as markup or a
	// formula as a name, in place of ordinary patients. In a small clinic they
	// are at most a quarter of the patients.
	Specials bool
}

// HostileShares have all of it: the result of years of typing at a front desk,
// with everything that was ever seen to go wrong.
func HostileShares() Shares {
	return Shares{
		NoEmail: 0.08, NoSex: 0.02, NoBirthDate: 0.01, NoFirstName: 0.002, NoLastName: 0.002, SeveralMissing: 0.002,
		ImpossibleBirthDate: 0.003,
		Archived:            0.03, Merged: 0.005,
		OddSex: 0.02, LegacyGender: 0.02, SharedEmail: 0.06, LeapDay: 0.003, BulkSecond: 0.15,
		Hostile: Hostile{Blanks: true, ImpossibleEmail: 0.004, OddTimes: 0.03, Specials: true},
	}
}

// EverydayShares are those of the demo: a clinic that is looked after, in which
// about one client in fifteen needs attention.
func EverydayShares() Shares {
	return Shares{
		NoEmail: 0.04, NoSex: 0.012, NoBirthDate: 0.009, NoFirstName: 0.001, SeveralMissing: 0.003, ImpossibleBirthDate: 0.002,
		Archived: 0.03, Merged: 0.005,
		LegacyGender: 0.02, SharedEmail: 0.06, LeapDay: 0.003, BulkSecond: 0.1,
		Hostile: Hostile{ImpossibleEmail: 0.004},
	}
}

// CleanShares are those of a clinic in which all patients are complete and
// active.
func CleanShares() Shares {
	return Shares{SharedEmail: 0.06, BulkSecond: 0.15}
}

// lot is the exclusive share that a patient belongs to.
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

// lots returns the shares that exclude one another.
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

// portion is a share of n patients, rounded.
func portion(share float64, n int) int {
	return min(n, max(0, int(math.Round(share*float64(n)))))
}
