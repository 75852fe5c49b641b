package window

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

func TestSelectionIsExportedAndNobodyElse(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 70, Patients: 60})
	f.signUpAndConnect()
	f.imported()
	ids, err := f.app.Profiles.IDs(ProfileQuery{Filter: "all", Sort: "name", Offset: 5, Limit: 3})
	if err != nil || len(ids) != 3 {
		t.Fatalf("%v, %v", ids, err)
	}
	f.system.saveTo = filepath.Join(t.TempDir(), "selected.csv")
	if _, err := f.app.Profiles.ExportSelected(append([]string{"1"}, ids...), "csv", password); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("with somebody who is not here: %v", err)
	}
	if _, err := f.app.Profiles.ExportSelected(ids, "xml", password); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("as something else: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Fatal("a file was written")
	}
	if path, err := f.app.Profiles.ExportSelected(ids, "csv", password); err != nil || path != f.system.saveTo {
		t.Fatalf("%q, %v", path, err)
	}
	file, err := os.Open(f.system.saveTo)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) != 1+len(ids) || lines[0][0] != "\ufeffcliniko_id" {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for i, id := range ids {
		if got := strings.TrimPrefix(lines[i+1][0], "'"); got != id {
			t.Errorf("line %d is %s, want %s", i+1, got, id)
		}
	}
	events, err := f.app.Security.Audit(0, 5)
	if err != nil || !slices.ContainsFunc(events, func(e EventView) bool { return e.Action == string(staff.ExportedSelected) }) {
		t.Errorf("%+v, %v", events, err)
	}
	if err := os.Remove(f.system.saveTo); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Profiles.ExportSelected(ids, "csv", "not the password"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("with a wrong password: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("a file was written with a wrong password")
	}
}

func TestWhatCannotBeABirthDateIsShown(t *testing.T) {
	for _, state := range []profile.State{profile.Active, profile.Archived, profile.Merged, profile.Deleted} {
		view := profileView(&profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", State: state, Details: profile.Details{ImpossibleBirthDate: "1990-02-30"}}}, time.Now())
		if view.Born != "" || view.ImpossibleBorn != "1990-02-30" || view.Age != -1 {
			t.Errorf("%s: born %q, impossible %q, age %d", state, view.Born, view.ImpossibleBorn, view.Age)
		}
	}
}

// A Chinese name is the same wherever the window shows it.
func TestNamesFamilyFirst(t *testing.T) {
	e := profile.Entry{Ref: "7", Profile: profile.Profile{ID: "7", State: "active", Details: profile.Details{FirstName: "小\u202e明", LastName: "王"}}, Failure: &profile.Failure{ID: "7"}}
	const want = "王小明"
	for where, got := range map[string]string{
		"the profile": profileView(&e, time.Now()).FamilyFirst, "the list": profileRow(&e).Name, "before an import": listedRow(&e).Name, "needs attention": failureView(&e).Name,
	} {
		if got != want {
			t.Errorf("%s: %q, want %q", where, got, want)
		}
	}
}

// The page reads these names.
func TestTheFormOfAProfile(t *testing.T) {
	yes := true
	at := func(day int) time.Time { return time.Date(2026, 3, day, 9, 30, 0, 0, time.UTC) }
	e := profile.Entry{Ref: "7", Profile: profile.Profile{ID: "7", State: "archived", Details: profile.Details{Title: "Ms", FirstName: "Ann", PreferredFirstName: "Annie",
		LastName: "Ex\u202eample", DateOfBirth: profile.Date{Year: 1990, Month: 1, Day: 2}, Sex: "Female", GenderIdentity: "woman", Pronouns: "she/her",
		Email: "ann@example.org", Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}}, AcceptedPrivacyPolicy: &yes},
		CreatedAt: at(1), UpdatedAt: at(2), SyncedAt: at(3), ArchivedAt: at(4), MergedInto: "8"}}
	got, err := json.Marshal(profileView(&e, at(5)))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"7","state":"archived","title":"Ms","firstName":"Ann","preferred":"Annie","lastName":"Example","familyFirst":"","born":"1990-01-02","impossibleBorn":"",` +
		`"age":36,"sex":"Female","genderIdentity":"woman","pronouns":"she/her","email":"ann@example.org","mailable":true,"shared":[],"sharedMore":0,"sharedByMany":[],` +
		`"phones":[{"type":"Mobile","number":"0491 570 156","dialable":true}],"privacyPolicy":"accepted","updatedAt":"2026-03-02T09:30:00Z","createdAt":"2026-03-01T09:30:00Z",` +
		`"syncedAt":"2026-03-03T09:30:00Z","archivedAt":"2026-03-04T09:30:00Z","mergedInto":"8","merged":[],"erasedAt":"","mergedFrom":"","pinned":false,"failure":null,"hub":null}`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
}

// Whoever adds a detail and forgets the window hears of it.
func TestEachDetailCrossesToTheWindow(t *testing.T) {
	yes := true
	value := map[reflect.Type]any{reflect.TypeFor[string](): "canary", reflect.TypeFor[profile.Date](): profile.Date{Year: 1990, Month: 1, Day: 2},
		reflect.TypeFor[[]profile.Phone](): []profile.Phone{{Number: "1"}}, reflect.TypeFor[*bool](): &yes}
	now := time.Now()
	details := reflect.TypeFor[profile.Details]()
	for i := range details.NumField() {
		var e profile.Entry
		without := profileView(&e, now)
		reflect.ValueOf(&e.Profile.Details).Elem().Field(i).Set(reflect.ValueOf(value[details.Field(i).Type]))
		if reflect.DeepEqual(profileView(&e, now), without) {
			t.Errorf("%s does not", details.Field(i).Name)
		}
	}
}

func TestFindName(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 71, Patients: 60})
	f.signUpAndConnect()
	f.imported()
	q := ProfileQuery{Filter: "all", Sort: "born", Desc: true, Limit: 500}
	page, err := f.app.Profiles.Find(q)
	if err != nil {
		t.Fatal(err)
	}
	typed := page.Rows[7].Name
	at, err := f.app.Profiles.FindName(q, strings.ToUpper(typed))
	if err != nil || at < 0 || page.Rows[at].Name != typed {
		t.Errorf("%d, %v", at, err)
	}
	if at, err := f.app.Profiles.FindName(q, "nobody at all"); at != -1 || err != nil {
		t.Errorf("%d, %v", at, err)
	}
}

// What the counts promise is what the filter then shows.
func TestCountsOfTheFiltersHold(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 72, Patients: 400})
	f.signUpAndConnect()
	f.imported()
	for _, filter := range []string{"all", "attention", "archived"} {
		counted, err := f.app.Profiles.Find(ProfileQuery{Filter: filter})
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			q    ProfileQuery
			want int
		}{
			"no phone": {ProfileQuery{NoPhone: true}, counted.NoPhone},
			"no email": {ProfileQuery{NoEmail: true}, counted.NoEmail},
			"week":     {ProfileQuery{Changed: "week"}, counted.Week},
			"month":    {ProfileQuery{Changed: "month"}, counted.Month},
		} {
			c.q.Filter = filter
			if page, err := f.app.Profiles.Find(c.q); err != nil || page.Matched != c.want {
				t.Errorf("%s, %s: %d, counted %d, %v", filter, name, page.Matched, c.want, err)
			}
		}
		if filter == "all" && (counted.NoPhone == 0 || counted.NoEmail == 0) {
			t.Errorf("the clinic has nobody to count: %+v", counted)
		}
	}
}
