package profile_test

import (
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestListName(t *testing.T) {
	for _, test := range []struct{ first, last, want string }{
		{"Ann", "Example", "Example, Ann"}, {"Ann", "", "Ann"}, {"", "Example", "Example"}, {"", "", ""},
	} {
		if got := (&profile.Profile{Details: profile.Details{FirstName: test.first, LastName: test.last}}).ListName(); got != test.want {
			t.Errorf("%q %q: %q, want %q", test.first, test.last, got, test.want)
		}
	}
}

// Chinese, Japanese and Korean names are shown family name first; the name that
// lists are sorted by stays as it is.
func TestNamesFamilyFirst(t *testing.T) {
	for _, test := range []struct{ first, last, want string }{
		{"小明", "王", "王小明"},
		{"娜娜", "欧阳", "欧阳娜娜"},
		{" 小明 ", "王\u3000", "王小明"},
		{"太郎", "山田", "山田太郎"},
		{"さくら", "山田", "山田さくら"},
		{"次郎", "佐々木", "佐々木次郎"},
		{"さくら", "くどう", "くどう さくら"},
		{"タロウ", "ヤマダ", "ヤマダ タロウ"},
		{"ジョン", "ミラー", "ミラー ジョン"},
		{"マリア", "高橋", "高橋マリア"},
		{"さくら", "ミラー", "ミラーさくら"},
		{"ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"민준", "김", "김민준"},
		{"민준", "金", "金민준"},
		{"か\u3099く", "山", "山か\u3099く"},
		{"辻\U000e0100", "葛\U000e0101", "葛\U000e0101辻\U000e0100"},
		{"Xiaoming", "王", ""},
		{"小明", "Wang", ""},
		{"小明", "王 (Wang)", ""},
		{"小 明", "王", ""},
		{"マイケル・ジョン", "スミス", ""},
		{"小明2", "王", ""},
		{"\u3099", "王", ""},
		{"小明", "", ""},
		{"", "王", ""},
		{"Ann", "Example", ""},
		{"Мария", "Иванова", ""},
		{"فاطمة", "الحسن", ""},
		{"", "", ""},
	} {
		p := &profile.Profile{Details: profile.Details{FirstName: test.first, LastName: test.last}}
		if got := p.FamilyFirstName(); got != test.want {
			t.Errorf("%q %q: %q, want %q", test.first, test.last, got, test.want)
		}
	}
	for _, test := range []struct{ first, last, shown, listed string }{
		{"小明", "王", "王小明", "王, 小明"}, {"小明", "Wang", "Wang, 小明", "Wang, 小明"}, {"Ann", "Example", "Example, Ann", "Example, Ann"},
		{"小明", "", "小明", "小明"}, {"", "", "", ""},
	} {
		p := &profile.Profile{Details: profile.Details{FirstName: test.first, LastName: test.last}}
		if shown, listed := p.ShownName(), p.ListName(); shown != test.shown || listed != test.listed {
			t.Errorf("%q %q: %q and %q, want %q and %q", test.first, test.last, shown, listed, test.shown, test.listed)
		}
	}
}

func TestMainPhone(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "Home 1": "1", "Home 1,Mobile 2": "2", "Mobile 1,Mobile 2": "1", "Work 1,Home 2": "1", "mobile 1,Home 2": "1", "Fax 3,Other 4,Mobile 5": "5",
	} {
		var phones []profile.Phone
		for part := range strings.SplitSeq(given, ",") {
			if kind, number, ok := strings.Cut(part, " "); ok {
				phones = append(phones, profile.Phone{Type: kind, Number: number})
			}
		}
		if got := (&profile.Profile{Details: profile.Details{Phones: phones}}).MainPhone(); got != want {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}

func TestRetryAt(t *testing.T) {
	last := time.Date(2026, 6, 14, 23, 59, 30, 0, time.UTC)
	for attempts, want := range map[int]string{
		-1: "0001-01-01 00:00:00", 0: "0001-01-01 00:00:00", 1: "2026-06-15 00:00:30", 2: "2026-06-15 00:09:30", 3: "2026-06-15 00:59:30", 4: "0001-01-01 00:00:00", 100: "0001-01-01 00:00:00",
	} {
		if got := profile.RetryAt(last, attempts); got.Format(time.DateTime) != want || got.IsZero() != (want[:4] == "0001") {
			t.Errorf("after %d attempts: %v, want %s", attempts, got, want)
		}
	}
}

func TestFieldNames(t *testing.T) {
	f := profile.Failure{Problems: []profile.Problem{{Field: profile.FieldSex, Kind: "missing"}, {Field: profile.FieldEmail, Kind: "not_an_email"}}}
	if got := strings.Join(f.FieldNames(), " "); got != "sex email" {
		t.Error(got)
	}
	if got := (&profile.Failure{}).FieldNames(); got == nil || len(got) != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestRetention(t *testing.T) {
	day := func(text string) time.Time {
		t.Helper()
		if text == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.DateTime, text+" 10:00:00")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	keep := profile.Retention{ArchivedDays: 90, DeletedDays: 7}
	for _, test := range []struct {
		name                              string
		state                             profile.State
		archived, added, updated, deleted string
		want                              string
	}{
		{"archived before today", "archived", "2026-01-01", "2025-06-01", "2026-01-05", "", "2026-04-01"},
		{"archived, changed later", "archived", "2026-01-01", "2025-06-01", "2026-03-05", "", "2026-04-01"},
		{"first opened here after it was archived", "archived", "2020-01-01", "2026-01-01", "2020-01-01", "", "2026-04-01"},
		{"archived at the moment it was added", "archived", "2026-01-01", "2026-01-01", "2025-01-01", "", "2026-04-01"},
		{"merged, archived with it", "merged", "2026-01-01", "2025-06-01", "2026-01-02", "", "2026-04-01"},
		{"merged, with no time of archival", "merged", "", "2025-06-01", "2026-01-01", "", "2026-04-01"},
		{"archived, with no time of archival, opened later", "archived", "", "2026-01-01", "2025-12-01", "", "2026-04-01"},
		{"archived, never added", "archived", "2026-01-01", "", "2025-01-01", "", "2026-04-01"},
		{"deleted", "deleted", "", "2025-06-01", "2025-06-01", "2026-01-01", "2026-01-08"},
		{"deleted after it was archived", "deleted", "2025-01-01", "2025-06-01", "2025-06-01", "2026-01-01", "2026-01-08"},
		{"deleted, added at last", "deleted", "", "2026-03-01", "2026-03-01", "2026-01-01", "2026-01-08"},
		{"active", "active", "", "2025-06-01", "2026-01-01", "", ""},
		{"active, archived once", "active", "2020-01-01", "2025-06-01", "2026-01-01", "2020-01-01", ""},
	} {
		p := profile.Profile{State: test.state, ArchivedAt: day(test.archived), AddedAt: day(test.added), UpdatedAt: day(test.updated), DeletedAt: day(test.deleted)}
		if got := keep.ErasedAt(&p); !got.Equal(day(test.want)) {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
}

func TestResumable(t *testing.T) {
	for _, code := range []profile.Code{"offline", "timed_out", "login_page", "rate_limited", "cliniko_trouble", "key_refused", "key_forbidden",
		"cancelled", "store_busy", "store_full", "database_unreachable", "internal"} {
		if !profile.Resumable(code) {
			t.Errorf("%s starts again", code)
		}
	}
	for _, code := range []profile.Code{"", "other_clinic", "not_connected", "mass_disappearance", "request_rejected", "answer_too_large", "store_damaged",
		"store_key_lost", "store_too_new", "store_unreadable", "not_found", "invalid", "not_permitted", "sync_running", "keyring_missing"} {
		if profile.Resumable(code) {
			t.Errorf("%q is resumed", code)
		}
	}
}

func TestWebAddress(t *testing.T) {
	if got := (&profile.Clinic{Subdomain: "acme-physio", Shard: "au2"}).WebAddress(); got != "https://acme-physio.au2.cliniko.com" {
		t.Error(got)
	}
}
