package window

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/fakehub"
	"telehab.io/desktop/backend/workspace"
)

// registration is that of links, in a home that is the test's own.
func registration(t *testing.T) deeplink.Registration {
	t.Helper()
	t.Cleanup(xdg.Reload) // once the variables are as before
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS"} {
		t.Setenv(name, t.TempDir())
	}
	xdg.Reload()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return deeplink.Registration{Executable: program}
}

// call is one method that the window may call, and the lines of the audit trail
// that it leaves.
type call struct {
	method string
	do     func() error
	lines  []string
	why    string // there is none
}

const (
	names  = "a list, as many others: whose own page is opened is a line"
	nobody = "shows no client, and changes nothing"
	view   = "about the window itself"
)

// Every method that the window may call is called once in a way that works, and
// leaves the lines that are written down here, or none for a reason.
func TestEveryMethodLeavesItsLine(t *testing.T) {
	f, other := twoClinics(t)
	clients := f.fake.IDs()
	one, two := clients[0], clients[1]
	var failing, reached, code, second, likely string
	var desk PersonView
	f.computer.OpenTest = func(_ context.Context, link deeplink.Link) error {
		go f.app.parts.links.arrive(link) // as the operating system would bring it
		return nil
	}
	server, err := postgrestest.Start(func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	database := server.Database(t)
	hub, tenant := withHub(t, f, fakehub.Options{}), fakehub.TenantID(1)
	a := f.app
	f.system.saveTo = filepath.Join(t.TempDir(), "out")
	a.Links.parts.computer.Registration = registration(t)
	thereAndBack := func() error {
		if _, err := a.Clinics.OpenDemo(); err != nil {
			return err
		}
		_, err := a.Clinics.LeaveDemo()
		return err
	}
	calls := []call{
		{"People.CreateFirst", func() error { _, err := a.People.CreateFirst("Dana Smith", email, password); return err },
			[]string{"added_person DANA", "signed_in"}, ""},
		{"Integration.Connect", func() error { _, err := a.Integration.Connect(f.fake.Key()); return err }, []string{"connected_clinic 4000001"}, ""},
		{"Clinics.SetColor", func() error { _, err := a.Clinics.SetColor("violet"); return err }, nil, view},
		{"Sync.List", func() error { _, err := a.Sync.List(); return err }, []string{"listed_clients"}, ""},
		{"Sync.Listing", func() error { _, err := a.Sync.Listing(0, 10); return err }, nil, names},
		{"Sync.ListingSummary", func() error { _, err := a.Sync.ListingSummary(); return err }, nil, nobody},
		{"Sync.Import", func() error { _, err := a.Sync.Import(); return err }, []string{"imported_clients"}, ""},
		{"Sync.Discard", a.Sync.Discard, nil, nobody},
		{"Sync.Now", func() error { _, err := a.Sync.Now(); return err }, []string{"synced"}, ""},
		{"Sync.Cancel", a.Sync.Cancel, []string{"cancelled_sync"}, ""},
		{"Sync.Passes", func() error { _, err := a.Sync.Passes(10); return err }, nil, nobody},
		{"Sync.Days", func() error { _, err := a.Sync.Days(nil); return err }, nil, nobody},
		{"About.State", func() error { _, err := a.About.State(); return err }, nil, view},
		{"About.Painted", func() error { return a.About.Painted(false) }, nil, view},
		{"About.Focused", a.About.Focused, nil, view},
		{"About.OpenGuide", func() error { return a.About.OpenGuide("cliniko-api-key") }, nil, view},
		{"About.CopyText", func() error { return a.About.CopyText("x") }, nil, nobody},
		{"About.Diagnostics", func() error { _, err := a.About.Diagnostics(); return err }, nil, nobody},
		{"Security.Active", a.Security.Active, nil, view},
		{"Security.KeepView", func() error { return a.Security.KeepView(`{"search":""}`) }, nil, view},
		{"Security.Heartbeat", func() error { _, err := a.Security.Heartbeat(); return err }, nil, view},
		{"Security.Keyring", func() error { _, err := a.Security.Keyring(); return err }, nil, nobody},
		{"Security.SetAutoLock", func() error { _, err := a.Security.SetAutoLock(new(15)); return err }, []string{"changed_security"}, ""},
		{"Security.Retention", func() error { _, err := a.Security.Retention(); return err }, nil, nobody},
		{"Security.SetRetention", func() error {
			return a.Security.SetRetention(RetentionView{ArchivedDays: 80, DeletedDays: 7}, password)
		},
			[]string{"changed_security"}, ""},
		{"Security.Audit", func() error { _, err := a.Security.Audit(0, 10); return err }, []string{"read_audit"}, ""},
		{"Today.Look", func() error { _, err := a.Today.Look(nil); return err }, nil, names},
		{"Today.Read", func() error { _, err := a.Today.Read(nil); return err }, nil, names},
		{"Today.Pin", func() error { return a.Today.Pin(one, true) }, nil, nobody},
		{"Today.StartWith", func() error { _, err := a.Today.StartWith("profiles"); return err }, nil, nobody},
		{"Today.SetNotify", func() error { _, err := a.Today.SetNotify(false); return err }, nil, nobody},
		{"Profiles.Find", func() error { _, err := a.Profiles.Find(ProfileQuery{Filter: "all", Limit: 10}); return err }, nil, names},
		{"Profiles.IDs", func() error { _, err := a.Profiles.IDs(ProfileQuery{Filter: "all"}); return err }, nil, names},
		{"Profiles.FindName", func() error { _, err := a.Profiles.FindName(ProfileQuery{Filter: "all"}, "a"); return err }, nil, names},
		{"Profiles.Get", func() error { _, err := a.Profiles.Get(one); return err }, []string{"opened_profile ONE"}, ""},
		{"Profiles.Refresh", func() error { _, err := a.Profiles.Refresh(one); return err }, []string{"refreshed_profile ONE"}, ""},
		{"Profiles.History", func() error { _, err := a.Profiles.History(one); return err }, []string{"read_history ONE"}, ""},
		{"Profiles.OpenInCliniko", func() error { return a.Profiles.OpenInCliniko(one) }, []string{"opened_in_cliniko ONE"}, ""},
		{"Profiles.Call", func() error {
			view := f.reachable()
			reached = view.ID
			return a.Profiles.Call(view.ID, view.Phones[0].Number)
		}, []string{"contacted_client REACHED"}, ""},
		{"Profiles.Mail", func() error { return a.Profiles.Mail(reached) }, []string{"contacted_client REACHED"}, ""},
		{"Profiles.CopyDetail", func() error { return a.Profiles.CopyDetail("0491 570 156") }, []string{"copied_detail"}, ""},
		{"Profiles.Export", func() error { _, err := a.Profiles.Export("csv", password); return err }, []string{"exported_profiles"}, ""},
		{"Profiles.ExportSelected", func() error { _, err := a.Profiles.ExportSelected([]string{one}, "csv", password); return err },
			[]string{"exported_selected"}, ""},
		{"Attention.Export", func() error { _, err := a.Attention.Export(ProfileQuery{}, password); return err }, []string{"exported_failures"}, ""},
		{"Attention.CallSheet", func() error { _, err := a.Attention.CallSheet(ProfileQuery{}, "csv", password); return err }, []string{"made_call_sheet"}, ""},
		{"Profiles.CallSheet", func() error {
			_, err := a.Profiles.CallSheet(ProfileQuery{Filter: "all"}, "csv", password)
			return err
		}, []string{"made_call_sheet"}, ""},
		{"Attention.Find", func() error {
			page, err := a.Attention.Find(ProfileQuery{Limit: 1})
			failing = page.Rows[0].ID
			return err
		}, nil, names},
		{"Attention.Refs", func() error { _, err := a.Attention.Refs(ProfileQuery{}); return err }, nil, names},
		{"Attention.Names", func() error { _, err := a.Attention.Names(ProfileQuery{}); return err }, nil, names},
		{"Attention.Retry", func() error { _, err := a.Attention.Retry(failing); return err }, []string{"refreshed_profile FAILING"}, ""},
		{"Integration.Missing", func() error { _, err := a.Integration.Missing(); return err }, nil, names},
		{"Integration.KeepMissing", a.Integration.KeepMissing, []string{"kept_missing"}, ""},
		{"Integration.RemoveMissing", func() error { _, err := a.Integration.RemoveMissing(nil, password); return err }, []string{"removed_missing"}, ""},
		{"Links.Take", func() error { _, err := a.Links.Take(); return err }, nil, "the page opens who is named, which is a line"},
		{"Links.Follow", func() error { _, err := a.Links.Follow(two); return err }, []string{"refreshed_profile TWO", "opened_profile TWO"}, ""},
		{"Links.FindPasted", func() error { _, err := a.Links.FindPasted(one); return err }, nil, "the page opens who is named, which is a line"},
		{"Links.Setup", func() error { _, err := a.Links.Setup(); return err }, nil, nobody},
		{"Links.Repair", func() error { _, err := a.Links.Repair(false); return err }, []string{"changed_links"}, ""},
		{"Links.Test", func() error { _, err := a.Links.Test(); return err }, nil, nobody},
		{"Links.SetButton", func() error { return a.Links.SetButton("unused") }, []string{"changed_links"}, ""},
		{"People.Strength", func() error { _, err := a.People.Strength("x", "Dana Smith", email); return err }, nil, nobody},
		{"People.Roles", func() error { _, err := a.People.Roles(); return err }, nil, nobody},
		{"People.Suggest", func() error { _, err := a.People.Suggest("Dee Example", deskEmail); return err }, nil, nobody},
		{"People.CopyPassword", func() error { return a.People.CopyPassword("x") }, nil, nobody},
		{"People.List", func() error { _, err := a.People.List(); return err }, nil, nobody},
		{"People.Add", func() error {
			var err error
			desk, err = a.People.Add(PersonDetails{Name: "Dee Example", Email: deskEmail, Permissions: []string{"practitioner"}}, deskPassword, password)
			return err
		}, []string{"added_person DESK"}, ""},
		{"People.Change", func() error {
			_, err := a.People.Change(desk.ID, detailsOf(&desk), PersonDetails{Name: "Dee", Email: deskEmail, Permissions: []string{"practitioner"}, Active: true}, password)
			return err
		}, []string{"changed_person DESK"}, ""},
		{"People.ResetPassword", func() error { return a.People.ResetPassword(desk.ID, "three green hills", password) }, []string{"reset_password DESK"}, ""},
		{"People.ChangePassword", func() error { return a.People.ChangePassword(password, "four brown horses") }, []string{"changed_password"}, ""},
		{"PIN.Set", func() error { _, err := a.PIN.Set("7391", "four brown horses"); return err }, []string{"set_pin"}, ""},
		{"PIN.SignIn", func() error {
			for range 6 {
				if _, err := a.PIN.SignIn(f.owner(), "8362"); profile.CodeOf(err) != profile.SignInRefused {
					return err
				}
			}
			if _, err := a.People.SignIn(email, "four brown horses"); err != nil {
				return err
			}
			_, err := a.PIN.SignIn(f.owner(), "7391")
			return err
		}, []string{"signed_in  sign_in_refused", "signed_in  sign_in_refused", "signed_in  sign_in_refused", "signed_in  sign_in_refused",
			"signed_in  sign_in_refused", "blocked_pin", "signed_in", "signed_in"}, ""},
		{"PIN.Remove", func() error { _, err := a.PIN.Remove("four brown horses"); return err }, []string{"removed_pin"}, ""},
		{"PIN.Allow", func() error {
			if _, err := a.PIN.Allow(false); err != nil {
				return err
			}
			_, err := a.PIN.Allow(true)
			return err
		}, []string{"forbade_pins", "allowed_pins"}, ""},
		{"Hub.State", func() error { _, err := a.Hub.State(); return err }, nil, nobody},
		{"Hub.Organisations", func() error { _, err := a.Hub.Organisations("au", fakehub.ClientID, fakehub.ClientSecret); return err }, nil, nobody},
		{"Hub.Connect", func() error {
			for _, p := range f.complete()[:3] {
				hub.Put(tenant, fakehub.Profile{GivenName: *p.FirstName, FamilyName: *p.LastName, Born: *p.DateOfBirth})
			}
			_, err := a.Hub.Connect("au", fakehub.ClientID, fakehub.ClientSecret, tenant)
			return err
		}, []string{"connected_hub TENANT"}, ""},
		{"Hub.Compare", func() error { _, err := a.Hub.Compare(); return err }, []string{"compared_hub TENANT"}, ""},
		{"Hub.Found", func() error { _, err := a.Hub.Found("", 0, 10); return err }, nil, names},
		{"Hub.Export", func() error { _, err := a.Hub.Export("four brown horses"); return err }, []string{"exported_comparison"}, ""},
		{"Hub.SetSending", func() error { _, err := a.Hub.SetSending(answered); return err }, []string{"set_hub_sending TENANT"}, ""},
		{"Hub.Queue", func() error {
			f.hubState("somebody to decide about", func(v HubView) bool { return v.Ledger.NeedsAttention > 0 })
			queue, err := a.Hub.Queue()
			if err == nil {
				likely = queue.Matches[0].Ref
			}
			return err
		}, nil, names},
		{"Hub.Match", func() error { _, err := a.Hub.Match(likely); return err }, nil, names},
		{"Hub.Decide", func() error {
			match, err := a.Hub.Match(likely)
			if err != nil {
				return err
			}
			return a.Hub.Decide(match, "different", "")
		}, []string{"decided_match LIKELY"}, ""},
		{"Hub.StopSending", func() error { _, err := a.Hub.StopSending(); return err }, []string{"stopped_sending TENANT"}, ""},
		{"Hub.Disconnect", func() error { _, err := a.Hub.Disconnect("four brown horses"); return err }, []string{"disconnected_hub TENANT"}, ""},
		{"Computers.Share", func() error { _, err := a.Computers.Share(database, "four brown horses"); return err }, []string{"shared_clinic", "signed_in"}, ""},
		{"Computers.Add", func() (err error) { code, err = a.Computers.Add("four brown horses"); return err }, []string{"added_computer"}, ""},
		{"Computers.CopyCode", func() error { return a.Computers.CopyCode(code) }, nil, nobody},
		{"Computers.Join", func() error {
			if _, err := a.Computers.Join(code); profile.CodeOf(err) != profile.Invalid {
				t.Errorf("joined where there is a clinic: %v", err)
			}
			options := f.o
			options.Dir = t.TempDir()
			return workspace.Join(t.Context(), options, code)
		}, nil, "the other computer has no trail of its own"},
		{"Computers.List", func() error {
			computers, err := a.Computers.List()
			for _, c := range computers {
				if !c.Here {
					second = c.ID
				}
			}
			return err
		}, nil, nobody},
		{"Computers.Remove", func() error { return a.Computers.Remove("four brown horses", second) }, []string{"removed_computer SECOND"}, ""},
		{"Computers.StopSharing", func() error { _, err := a.Computers.StopSharing("four brown horses"); return err }, []string{"stopped_sharing", "signed_in"}, ""},
		{"Profiles.Erase", func() error {
			if err := f.fake.Archive(one); err != nil {
				return err
			}
			if _, err := a.Profiles.Refresh(one); err != nil {
				return err
			}
			return a.Profiles.Erase(one, "four brown horses")
		}, []string{"refreshed_profile ONE", "erased_profile ONE"}, ""},
		{"Security.Lock", func() error { _, err := a.Security.Lock(); return err }, nil, "locking needs no store"},
		{"People.SignIn", func() error {
			if _, err := a.People.SignIn("stranger@example.com", password); profile.CodeOf(err) != profile.SignInRefused {
				return err
			}
			_, err := a.People.SignIn(email, "four brown horses")
			return err
		}, []string{"signed_in  sign_in_refused", "signed_in"}, ""},
		{"People.SignInAs", func() error {
			if _, err := a.People.SignInAs("stranger", password); profile.CodeOf(err) != profile.SignInRefused {
				return err
			}
			if _, err := a.People.SignInAs(f.owner(), password); profile.CodeOf(err) != profile.SignInRefused {
				return err
			}
			return afterDelay(func() error { _, err := a.People.SignInAs(f.owner(), "four brown horses"); return err })
		}, []string{"signed_in  sign_in_refused", "signed_in  sign_in_refused", "signed_in"}, ""},
		{"People.SignOut", func() error { _, err := a.People.SignOut(); return err }, nil, "signing out needs no store"},
		{"Clinics.List", func() error { _, err := a.Clinics.List(); return err }, nil, nobody},
		{"Clinics.OpenDemo", thereAndBack, nil, "nobody real is there"},
		{"Clinics.LeaveDemo", thereAndBack, nil, "nobody real is there"},
		{"Clinics.ConnectSeparately", func() error {
			if _, err := a.People.SignIn(email, "four brown horses"); err != nil {
				return err
			}
			if _, err := a.Clinics.ConnectSeparately(other.Key(), "four brown horses"); err != nil {
				return err
			}
			_, err := a.Clinics.Use("")
			return err
		}, []string{"signed_in", "connected_separately", "signed_in"}, ""},
		{"Clinics.Use", func() error { _, err := a.Clinics.Use(""); return err }, []string{"signed_in"}, ""},
		{"Clinics.OpenIn", func() error { _, err := a.Clinics.OpenIn("", one); return err }, []string{"signed_in"}, ""},
		{"Integration.Disconnect", func() error { _, err := a.Integration.Disconnect("four brown horses"); return err },
			[]string{"disconnected 4000001"}, ""},
		{"Integration.EraseRest", func() error { _, err := a.Integration.EraseRest("four brown horses"); return err }, []string{"disconnected"}, ""},
		{"Clinics.ResetStore", func() error {
			if _, err := a.Clinics.ResetStore("ERASE"); profile.CodeOf(err) != profile.Invalid {
				t.Errorf("reset data that can be opened: %v", err)
			}
			return nil
		}, nil, "the trail goes with the data"},
		{"Clinics.StartOver", func() error {
			if _, err := a.People.SignOut(); err != nil {
				return err
			}
			_, err := a.Clinics.StartOver("ERASE")
			return err
		}, nil, "the trail goes with the data"},
	}
	var called []string
	for _, c := range calls {
		called = append(called, c.method)
		before := len(f.events())
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.method, err)
		}
		if (len(c.lines) == 0) == (c.why == "") {
			t.Errorf("%s: say which lines it leaves, or why none", c.method)
		}
		dana, err := a.host.Shown().Workspace.Accounts.ID(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		known := strings.NewReplacer("DANA", dana, "DESK", desk.ID, "ONE", one, "TWO", two, "FAILING", failing, "REACHED", reached, "SECOND", second, "LIKELY", likely, "TENANT", tenant)
		want := []string{}
		for _, line := range c.lines {
			want = append(want, known.Replace(line))
		}
		lines := f.events()
		if got := lines[min(before, len(lines)):]; c.method != "Clinics.StartOver" && !slices.Equal(got, want) {
			t.Errorf("%s leaves %q, want %q", c.method, got, want)
		}
	}
	if slices.Sort(called); !slices.Equal(called, slices.Sorted(maps.Keys(a.bound()))) {
		t.Errorf("called are\n%v\nand the window may call\n%v", called, slices.Sorted(maps.Keys(a.bound())))
	}
}
