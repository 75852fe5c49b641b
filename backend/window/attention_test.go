package window

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// lacking makes a clean clinic of eight, four of whom need attention.
func lacking(t *testing.T) (f *fixture, ids []string) {
	t.Helper()
	f = newFixture(t, fakeclinic.Options{Seed: 90, Patients: 8, Shares: new(fakeclinic.CleanShares())})
	ids = f.fake.IDs()
	for i, change := range []func(*fakeclinic.Patient){
		func(p *fakeclinic.Patient) { p.LastName, p.FirstName, p.Email = new("Anderson"), new("Hannah"), nil },
		func(p *fakeclinic.Patient) {
			p.LastName, p.FirstName, p.DateOfBirth = new("Anderson"), new("Hannah"), new("2099-01-01")
			p.Phones = []fakeclinic.Phone{{Type: "Mobile", Number: "0491 571 266"}}
		},
		func(p *fakeclinic.Patient) {
			p.LastName, p.FirstName, p.Email, p.Sex = new("Baker"), new("Bo"), nil, nil
		},
		func(p *fakeclinic.Patient) {
			p.LastName, p.FirstName, p.Email = new("Cook"), new("Cy"), new("cy@nowhere")
		},
	} {
		if err := f.fake.Edit(ids[i], change); err != nil {
			t.Fatal(err)
		}
	}
	f.signUpAndConnect()
	f.imported()
	return f, ids
}

func refsOf(rows []AttentionRow) (refs []string) {
	for _, row := range rows {
		refs = append(refs, row.Ref)
	}
	return refs
}

// Two of one name are told apart, the wrong value is said, and the reasons are
// counted; search, reason and order are the query's, and its filter is not.
func TestWhoNeedsAttentionIsFoundByReason(t *testing.T) {
	f, ids := lacking(t)
	page, err := f.app.Attention.Find(ProfileQuery{Filter: "all", Limit: 10})
	if err != nil || page.Matched != 4 || page.All != 4 {
		t.Fatalf("%d of %d, %v", page.Matched, page.All, err)
	}
	if want := []ReasonCount{{"email", 2}, {"sex", 1}, {"wrong_email", 1}, {"wrong_date_of_birth", 1}}; !slices.Equal(page.Reasons, want) {
		t.Errorf("%v, want %v", page.Reasons, want)
	}
	at := slices.IndexFunc(page.Rows, func(row AttentionRow) bool { return row.ID == ids[1] })
	row := page.Rows[at]
	if row.Name != "Anderson, Hannah" || row.Phone != "0491 571 266" || row.Born != "" || row.Since == "" || row.Reason != `Date of Birth "2099-01-01" is in the future.` ||
		!reflect.DeepEqual(row.Problems, []ProblemView{{"date_of_birth", "Date of Birth", "in_future", "Date of Birth is in the future", "2099-01-01"}}) {
		t.Errorf("%+v", row)
	}
	for _, c := range []struct {
		query ProfileQuery
		want  []string
	}{
		{ProfileQuery{Reason: "email", Sort: "name"}, []string{ids[0], ids[2]}},
		{ProfileQuery{Reason: "email", Sort: "name", Desc: true}, []string{ids[2], ids[0]}},
		{ProfileQuery{Reason: "wrong_email", Search: "cook"}, []string{ids[3]}},
		{ProfileQuery{Search: "hannah 0491 571 266"}, []string{ids[1]}},
		{ProfileQuery{Reason: "last_name"}, nil},
		{ProfileQuery{Filter: "archived", Reason: "sex"}, []string{ids[2]}},
	} {
		c.query.Limit = 10
		got, err := f.app.Attention.Find(c.query)
		if err != nil || !slices.Equal(refsOf(got.Rows), c.want) || got.Matched != len(c.want) || got.All != 4 {
			t.Errorf("%+v: %v, want %v, %v", c.query, refsOf(got.Rows), c.want, err)
		}
		c.query.Limit = 0
		names, err := f.app.Attention.Names(c.query)
		var named []string
		for _, each := range names {
			named = append(named, each.ID)
		}
		if err != nil || !slices.Equal(named, c.want) {
			t.Errorf("the names of %+v: %v, %v", c.query, named, err)
		}
	}
	wrong, err := f.app.Attention.Find(ProfileQuery{Search: "cook", Limit: 1})
	if err != nil || wrong.Rows[0].Problems[0].Value != "cy@nowhere" {
		t.Errorf("%+v, %v", wrong.Rows, err)
	}
}

// Whoever goes through them one by one reads each name as the list has it.
func TestNamesOfThoseWhoNeedAttentionAreThoseOfTheList(t *testing.T) {
	f, ids := lacking(t)
	f.edit(ids[0], func(p *fakeclinic.Patient) { p.LastName, p.FirstName = new("王"), new("小明\u202e") })
	f.syncNow()
	names, err := f.app.Attention.Names(ProfileQuery{})
	if err != nil || !slices.Contains(names, NameView{ids[0], "王小明"}) || !slices.Contains(names, NameView{ids[3], "Cook, Cy"}) {
		t.Errorf("%+v, %v", names, err)
	}
}

// Staff who may see one area see the reasons: the other is not needed. What
// they may not do of it is refused.
func TestEitherAreaSeesWhoNeedsAttention(t *testing.T) {
	f, ids := lacking(t)
	for _, area := range []staff.Permission{staff.Practitioner, staff.PMSLink} {
		f.signInWith(area, staff.Export)
		if page, err := f.app.Attention.Find(ProfileQuery{Limit: 10}); err != nil || page.Matched != 4 {
			t.Errorf("%s: %d, %v", area, page.Matched, err)
		}
		if _, err := f.app.Attention.Retry(ids[0]); profile.CodeOf(err) != profile.NotPermitted {
			t.Errorf("%s reads again: %v", area, err)
		}
		f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
		if path, err := f.app.Attention.Export(ProfileQuery{}, deskPassword); err != nil || path == "" {
			t.Errorf("%s exports: %v", area, err)
		}
	}
	f.signInWith(staff.Practitioner)
	if _, err := f.app.Attention.Export(ProfileQuery{}, deskPassword); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("exported without the permission: %v", err)
	}
	f.signInWith(staff.Practitioner, staff.ModifyProfiles)
	if still, err := f.app.Attention.Retry(ids[0]); err != nil || still == nil {
		t.Errorf("with permission to refresh profiles: %+v, %v", still, err)
	}
}

// The export has who fits the query, in its order.
func TestExportIsOfWhatIsShown(t *testing.T) {
	f, ids := lacking(t)
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	if _, err := f.app.Attention.Export(ProfileQuery{Reason: "email", Sort: "name", Desc: true, Offset: 1, Limit: 1}, password); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(f.system.saveTo)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], ids[2]) || !strings.Contains(lines[2], ids[0]) {
		t.Errorf("%q", lines)
	}
}

// A call sheet has who is listed, with what to ask for, in the order of the
// list. A page is opened for printing; a spreadsheet is only saved.
func TestCallSheetIsOfWhoIsListed(t *testing.T) {
	f, ids := lacking(t)
	dir := t.TempDir()
	made := func(name string, sheet func(format string) (string, error)) string {
		t.Helper()
		f.system.saveTo = filepath.Join(dir, name)
		if path, err := sheet(strings.TrimPrefix(filepath.Ext(name), ".")); err != nil || path != f.system.saveTo {
			t.Fatal(path, err)
		}
		content, err := os.ReadFile(f.system.saveTo)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(f.system.saveTo); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		return string(content)
	}
	query := ProfileQuery{Reason: "email", Sort: "name", Desc: true, Limit: 1}
	attention := func(format string) (string, error) { return f.app.Attention.CallSheet(query, format, password) }
	lines := strings.Split(made("a.csv", attention), "\n")
	if len(lines) != 4 || lines[0] != "\ufeffName,Birth date,Phone,What is missing,Notes" ||
		!strings.HasPrefix(lines[1], `"Baker, Bo",`) || !strings.HasSuffix(lines[1], `,"Sex, Email",`) || !strings.HasSuffix(lines[2], ",Email,") {
		t.Errorf("%q", lines)
	}
	if len(f.system.opened) > 0 {
		t.Errorf("opened %v", f.system.opened)
	}
	query.Reason, query.Refs = "", []string{ids[1], ids[3]}
	page := made("a.html", attention)
	if !strings.Contains(page, "Date of Birth &#34;2099-01-01&#34; is in the future") || !strings.Contains(page, "Email &#34;cy@nowhere&#34; is not a valid email address") || strings.Contains(page, "Baker") {
		t.Errorf("%s", page)
	}
	if !slices.Equal(f.system.opened, []string{f.system.saveTo}) {
		t.Errorf("opened %v", f.system.opened)
	}
	// Who is selected, in the order of the list, and of those only who is in it.
	query.Reason, query.Refs = "", []string{ids[0], ids[2], ids[5], "nobody"}
	if refs, err := f.app.Attention.Refs(ProfileQuery{Sort: "name", Limit: 2, Offset: 2}); err != nil || !slices.Equal(refs, []string{ids[2], ids[3]}) {
		t.Errorf("%v, %v", refs, err)
	}
	if lines := strings.Split(made("selected.csv", attention), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[1], `"Baker, Bo",`) || !strings.HasPrefix(lines[2], `"Anderson, Hannah",`) {
		t.Errorf("%q", lines)
	}
	query.Refs = []string{ids[1], ids[3]}
	// Who is complete in Cliniko leaves the next sheet.
	if err := f.fake.Edit(ids[3], func(p *fakeclinic.Patient) { p.Email = new("cy@example.com") }); err != nil {
		t.Fatal(err)
	}
	if still, err := f.app.Attention.Retry(ids[3]); err != nil || still != nil {
		t.Fatal(still, err)
	}
	if page := made("b.html", attention); strings.Contains(page, "Cook") || !strings.Contains(page, "Anderson") {
		t.Errorf("%s", page)
	}
	profiles := made("c.csv", func(format string) (string, error) {
		return f.app.Profiles.CallSheet(ProfileQuery{Filter: "all", Search: "cook", NoEmail: false}, format, password)
	})
	if !strings.Contains(profiles, "Cook, Cy") || strings.Count(profiles, "\n") != 2 {
		t.Errorf("%q", profiles)
	}
	f.system.saveTo = filepath.Join(dir, "none")
	query.Search = "nobody at all"
	for _, format := range []string{"html", "json", ""} {
		if _, err := f.app.Attention.CallSheet(query, format, password); profile.CodeOf(err) != profile.NotFound && profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%q of nobody: %v", format, err)
		}
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("a sheet of nobody was written")
	}
}
