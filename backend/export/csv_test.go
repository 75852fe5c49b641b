package export_test

import (
	"bytes"
	"testing"
	"time"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
)

func zoe() profile.Profile {
	return profile.Profile{
		ID: "836447129235883061", State: profile.Active, Details: profile.Details{FirstName: "Zoë", LastName: "Łukasz; Nguyễn", Email: "zoe@example.org",
			Phones: []profile.Phone{{Type: "Mobile", Number: "0491570156"}, {Type: "Home", Number: "+61 3 9012 3456"}}},
		UpdatedAt: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), SyncedAt: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	}
}

// A spreadsheet that is started by a double click assumes the computer's own
// code page for a file without the mark.
func TestCSVIsReadAsUTF8(t *testing.T) {
	entry := profile.Entry{Ref: "836447129235883061", Profile: zoe()}
	var all bytes.Buffer
	if err := export.CSV(&all, []profile.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	const wantAll = "\xEF\xBB\xBFcliniko_id,state,title,first_name,preferred_first_name,last_name,date_of_birth,sex,gender_identity,pronouns,email,phones," +
		"accepted_privacy_policy,archived_at,merged_into,source_updated_at,synced_at,code,fields,first_failed_at,attempts,impossible_date_of_birth\n" +
		"'836447129235883061,active,,Zo\xC3\xAB,,\xC5\x81ukasz; Nguy\xE1\xBB\x85n,,,,,zoe@example.org,Mobile: 0491570156; Home: +61 3 9012 3456," +
		",,,2026-03-01T09:30:00Z,2026-03-02T00:00:00Z,,,,,\n"
	if all.String() != wantAll {
		t.Errorf("all profiles:\n%q\nwant\n%q", all.String(), wantAll)
	}

	entry.Failure = &profile.Failure{Code: profile.Incomplete, Attempts: 2, FirstFailedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local)}
	var failed bytes.Buffer
	if err := export.FailuresCSV(&failed, []profile.Entry{entry}, func(profile.ID) string { return "https://clinic.example/1" }); err != nil {
		t.Fatal(err)
	}
	const wantFailed = "\xEF\xBB\xBFName,Cliniko id,What is wrong,Since,Times tried,Fix it in Cliniko\n"
	if !bytes.HasPrefix(failed.Bytes(), []byte(wantFailed)) {
		t.Errorf("failed profiles: %q", failed.String())
	}
	for _, nobody := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return export.CSV(b, nil) },
		func(b *bytes.Buffer) error { return export.FailuresCSV(b, nil, nil) },
	} {
		var empty bytes.Buffer
		if err := nobody(&empty); err != nil || !bytes.HasPrefix(empty.Bytes(), []byte("\xEF\xBB\xBF")) || bytes.Count(empty.Bytes(), []byte("\xEF\xBB\xBF")) != 1 {
			t.Errorf("of nobody: %q, %v", empty.String(), err)
		}
	}
	// JSON is for programs, and has none: RFC 8259 forbids it.
	var document bytes.Buffer
	if err := export.JSON(&document, nil); err != nil || document.Bytes()[0] != '{' {
		t.Errorf("JSON: %q, %v", document.String(), err)
	}
}

func TestNumbersAreShownAsTheyAre(t *testing.T) {
	for name, want := range map[string]string{
		"0491570156": "'0491570156", "007": "'007", "00": "'00", "0000000000000000": "'0000000000000000",
		"123456789012": "'123456789012", "1234567890123456": "'1234567890123456", "1E5": "'1E5", "1.5e10": "'1.5e10",
		"1.50": "'1.50", "00.5": "'00.5", ".5": "'.5", "\u00a0007": "'\u00a0007", "007\x00": "'007", "\x00007": "'007",
		"0": "0", "7": "7", "12345678901": "12345678901", "0491 570 156": "0491 570 156", "0491-570-156": "0491-570-156", "(03) 9012 3456": "(03) 9012 3456",
		"E5": "E5", "5E": "5E", "x007": "x007",
	} {
		var out bytes.Buffer
		p := profile.Profile{ID: "1", State: profile.Active, Details: profile.Details{FirstName: name}}
		if err := export.CSV(&out, []profile.Entry{{Ref: "1", Profile: p}}); err != nil {
			t.Fatal(err)
		}
		if cell := string(bytes.Split(bytes.Split(out.Bytes(), []byte("\n"))[1], []byte(","))[3]); cell != want {
			t.Errorf("%q becomes %q, want %q", name, cell, want)
		}
	}
}
