package window

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// lookedNow leaves whoever is signed in as if they had looked at everything
// until now, by Cliniko's clock.
func (f *fixture) lookedNow() {
	f.t.Helper()
	now := f.clinic().Time(f.t.Context())
	store, err := f.clinic().Workspace.Store(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := store.ChangeToday(f.t.Context(), f.clinic().Session().Person().ID, func(kept *staff.Today) error {
		kept.Since, kept.Looked = now, now
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) edit(id string, change func(*fakeclinic.Patient)) {
	f.t.Helper()
	if err := f.fake.Edit(id, change); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) look() TodayView {
	f.t.Helper()
	view, err := f.app.Today.Look(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return view
}

func idsOf(rows []ProfileRow) []string {
	ids := []string{}
	for i := range rows {
		ids = append(ids, rows[i].ID)
	}
	return ids
}

func TestTodayShowsWhatIsNew(t *testing.T) {
	f, pass := inTime(t, 40)
	f.lookedNow()
	quiet := f.look()
	if quiet.Changed+quiet.Added+quiet.Attention.All != 0 || quiet.News == nil || len(quiet.News) != 0 || quiet.Since == "" {
		t.Errorf("all is well: %+v", quiet)
	}

	ids := f.fake.IDs()
	f.edit(ids[3], func(p *fakeclinic.Patient) { p.FirstName = new("Renamed") })
	f.edit(ids[4], func(p *fakeclinic.Patient) { p.Email = nil })
	if err := f.fake.Archive(ids[5]); err != nil {
		t.Fatal(err)
	}
	f.syncNow()
	pass(time.Minute) // Cliniko tells its time in seconds, so what is in one comes in any order
	f.edit(ids[3], func(p *fakeclinic.Patient) { p.Email = new("renamed@example.com") })
	fresh, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example")})
	if err != nil {
		t.Fatal(err)
	}
	f.syncNow()

	view := f.look()
	if view.Changed != 3 || view.Added != 1 || view.Since != quiet.Since {
		t.Errorf("%d changed, %d new, since %s", view.Changed, view.Added, view.Since)
	}
	told := map[string][]FieldChangeView{}
	for _, news := range view.News {
		told[news.Client.ID] = news.Change.Fields
		if news.Client.Name == "" || news.Change.At < view.Since || news.Added != (news.Client.ID == fresh) {
			t.Errorf("%+v", news)
		}
	}
	// The fields of all changes, the newest first, and no value of a detail.
	want := map[string][]FieldChangeView{
		ids[3]: {{Field: "email", Label: "Email"}, {Field: "first_name", Label: "First Name"}},
		ids[4]: {{Field: "email", Label: "Email"}},
		ids[5]: {{Field: "state", Label: "State", Before: "active", After: "archived"}},
		fresh:  {},
	}
	if diff := cmp.Diff(want, told); diff != "" || len(view.News) != 4 {
		t.Errorf("%d rows\n%s", len(view.News), diff)
	}
	if !slices.IsSortedFunc(view.News, func(a, b NewsView) int { return strings.Compare(b.Change.At, a.Change.At) }) {
		t.Errorf("not the latest first: %+v", view.News)
	}

	attention := view.Attention
	reasons := []ReasonView{{"email", 2}, {"sex", 1}, {"date_of_birth", 1}}
	if diff := cmp.Diff(reasons, attention.Reasons); attention.All != 2 || attention.Since != 2 || diff != "" {
		t.Errorf("%+v\n%s", attention, diff)
	}
	if newest := idsOf(attention.Newest); len(newest) != 2 || newest[0] != fresh || newest[1] != ids[4] || len(attention.Newest[1].Problems) != 1 {
		t.Errorf("%v, of %s and %s", newest, fresh, ids[4])
	}
}

// Whoever was never there is told as if they came now: an import brings nobody new.
func TestTodayOfSomebodyWhoWasNeverThere(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 5, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	for what, ask := range map[string]func([]string) (TodayView, error){"Read": f.app.Today.Read, "Look": f.app.Today.Look} {
		view, err := ask(nil)
		if err != nil || view.Added != 0 || len(view.News) != 0 || view.Since == "" || view.Since < f.imports() {
			t.Errorf("%s: %d new since %q, %v", what, view.Added, view.Since, err)
		}
	}
}

// imports returns when the import began.
func (f *fixture) imports() string {
	f.t.Helper()
	passes, err := f.app.Sync.Passes(1)
	if err != nil || len(passes) != 1 {
		f.t.Fatalf("%v, %v", passes, err)
	}
	return passes[0].StartedAt
}

// A bulk edit is counted as a whole, and shown in part.
func TestTodayIsBounded(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 6, Patients: 60, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	f.lookedNow()
	for _, id := range f.fake.IDs()[:45] {
		f.edit(id, func(p *fakeclinic.Patient) { p.Email = nil })
	}
	f.syncNow()
	view := f.look()
	if view.Changed != 45 || len(view.News) != 20 || view.Attention.Since != 45 || len(view.Attention.Newest) != 5 {
		t.Errorf("%d changed and %d shown, %d need attention and %d are shown",
			view.Changed, len(view.News), view.Attention.Since, len(view.Attention.Newest))
	}
}

// Those who are new are not counted as changed too, and however many they are,
// those who were here before and changed are shown.
func TestNewClientsHideNobodyWhoChanged(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 5, Patients: 60, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	f.lookedNow()
	for _, id := range f.fake.IDs()[:3] {
		f.edit(id, func(p *fakeclinic.Patient) { p.Email = new("changed@example.com") })
	}
	f.syncNow()
	var fresh []string
	for range 21 {
		id, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example")})
		if err != nil {
			t.Fatal(err)
		}
		fresh = append(fresh, id)
	}
	f.syncNow()
	for _, id := range fresh {
		f.edit(id, func(p *fakeclinic.Patient) { p.Email = new("corrected@example.com") })
	}
	f.syncNow()
	shown := func() (changed, added int) {
		view := f.look()
		for _, news := range view.News {
			if news.Added {
				added++
			} else {
				changed++
			}
		}
		if view.Added != 21 {
			t.Errorf("%d new", view.Added)
		}
		return changed*100 + view.Changed, added
	}
	if changed, added := shown(); changed != 303 || added != 17 {
		t.Errorf("of 3 who changed and 21 who are new, %d (shown, and counted) and %d are shown", changed, added)
	}
	for _, id := range f.fake.IDs()[:30] {
		f.edit(id, func(p *fakeclinic.Patient) { p.Email = new("again@example.com") })
	}
	f.syncNow()
	if changed, added := shown(); changed != 1030 || added != 10 {
		t.Errorf("of 30 who changed and 21 who are new, %d (shown, and counted) and %d are shown", changed, added)
	}
}

func TestTodayIsOfWhatAPersonMaySee(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 8, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[3]
	f.lookedNow()
	if err := f.app.Today.Pin(id, true); err != nil {
		t.Fatal(err)
	}
	change := func() {
		t.Helper()
		f.lookedNow()
		f.edit(id, func(p *fakeclinic.Patient) { p.Email = nil })
		if _, err := f.clinic().Runner.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.signInWith(staff.PMSLink)
	change()
	view := f.look()
	if view.Attention.All != 1 || len(view.Attention.Newest) != 1 || view.Changed != 0 || len(view.News)+len(view.Pinned)+len(view.Opened) != 0 {
		t.Errorf("without permission for profiles: %+v", view)
	}
	f.signInWith(staff.Practitioner)
	f.edit(id, func(p *fakeclinic.Patient) { p.Email = new("back@example.com") })
	if _, err := f.clinic().Runner.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	change()
	view = f.look()
	if view.Attention.All != 1 || view.Changed != 1 || len(view.News) != 1 {
		t.Errorf("with it: %+v", view)
	}
	if len(view.Pinned) != 0 {
		t.Errorf("what somebody else has pinned: %v", idsOf(view.Pinned))
	}
}

// Whoever may see who needs attention, and no profiles, gets no more of these
// clients from Today than from Attention.Find.
func TestTodayHasNoDetailsForWhoSeesNoProfiles(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 8, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	f.signInWith(staff.PMSLink)
	f.lookedNow()
	f.edit(f.fake.IDs()[3], func(p *fakeclinic.Patient) { p.Sex = nil })
	f.edit(f.fake.IDs()[4], func(p *fakeclinic.Patient) { p.Email = nil })
	if _, err := f.clinic().Runner.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	newest := f.look().Attention.Newest
	if len(newest) != 2 {
		t.Fatalf("%d need attention", len(newest))
	}
	for _, row := range newest {
		if row.Email != "" || row.Sex != "" || row.Name == "" || len(row.Problems) != 1 {
			t.Errorf("%+v", row)
		}
	}
}

func TestPinnedAndOpenedAreAPersons(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 9, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	ids := f.fake.IDs()
	if err := f.app.Today.Pin("123", true); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("somebody who is not here: %v", err)
	}
	for _, id := range []string{ids[1], ids[2], ids[3]} {
		if err := f.app.Today.Pin(id, true); err != nil {
			t.Fatal(err)
		}
		if _, err := f.app.Profiles.Get(id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.app.Profiles.Get(ids[1]); err != nil {
		t.Fatal(err)
	}
	if err := f.app.Today.Pin(ids[2], false); err != nil {
		t.Fatal(err)
	}
	check := func(what string, pinned, opened []string) {
		t.Helper()
		view, err := f.app.Today.Read(nil)
		if err != nil || !slices.Equal(idsOf(view.Pinned), pinned) || !slices.Equal(idsOf(view.Opened), opened) {
			t.Errorf("%s: %v and %v, %v", what, idsOf(view.Pinned), idsOf(view.Opened), err)
		}
	}
	check("as they were chosen", []string{ids[3], ids[1]}, []string{ids[1], ids[3], ids[2]})
	if _, err := f.app.Security.Lock(); err != nil {
		t.Fatal(err)
	}
	if view, err := f.app.Today.Read(nil); profile.CodeOf(err) != profile.SignedOut || view.Pinned != nil {
		t.Errorf("locked: %+v, %v", view, err)
	}
	f.app.close()
	f.start()
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	check("after a restart", []string{ids[3], ids[1]}, []string{ids[1], ids[3], ids[2]})

	if err := f.fake.Archive(ids[3]); err != nil {
		t.Fatal(err)
	}
	f.syncNow()
	if err := f.app.Profiles.Erase(ids[3], password); err != nil {
		t.Fatal(err)
	}
	check("one was erased", []string{ids[1]}, []string{ids[1], ids[2]})
	f.signInWith(staff.Practitioner)
	check("somebody else", []string{}, []string{})
}

func TestTheScreenToStartWithIsAPersons(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 10, Patients: 5})
	f.signUpAndConnect()
	begins := func(what, want string) {
		t.Helper()
		if state, err := f.app.About.State(); err != nil || state.Start != want {
			t.Errorf("%s begins with %q, %v", what, state.Start, err)
		}
	}
	begins("whoever has not chosen", "today")
	if state, err := f.app.Today.StartWith("profiles"); err != nil || state.Start != "profiles" {
		t.Errorf("%q, %v", state.Start, err)
	}
	if _, err := f.app.Today.StartWith("audit"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("a screen that it cannot begin with: %v", err)
	}
	begins("whoever chose Profiles", "profiles")
	f.signInWith(staff.Practitioner)
	begins("somebody else", "today")
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Start != "profiles" {
		t.Errorf("at the next sign-in: %q, %v", state.Start, err)
	}
	if state, err := f.app.Security.Lock(); err != nil || state.Start != "today" {
		t.Errorf("nobody: %q, %v", state.Start, err)
	}
}

func TestTodayHasTheNumbersOfDays(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 5, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	begin := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.RFC3339) }
	view, err := f.app.Today.Read([]string{begin(-2), begin(-1)})
	if err != nil || !slices.Equal(view.Attention.Days, []int{-1, 0}) {
		t.Errorf("%v, %v", view.Attention.Days, err)
	}
	if _, err := f.app.Today.Read([]string{begin(-1), begin(-2)}); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("not in their order: %v", err)
	}
}
