package workspace

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// Disconnecting a separate clinic deletes its folder, so the file that names
// the folder may name none but those that TeleHab makes.
func TestClinicsFileNamesNoOtherFolder(t *testing.T) {
	dir := t.TempDir()
	clinics, file := ClinicsOf(Options{Dir: dir}), filepath.Join(dir, "clinics.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, account := range []string{"..", "../..", "/", ".", "4000777/../..", `..\\..`, "\\u0000", "c:", "x"} {
		write(`{"current":"` + account + `","clinics":[{"account":"","name":"A"},{"account":"` + account + `","name":"B"}]}`)
		if current, err := clinics.Current(); profile.CodeOf(err) != profile.StoreUnreadable {
			t.Errorf("%q is used: %+v, %v", account, current, err)
		}
		write(`{"current":"","clinics":[{"account":"","name":"A"},{"account":"` + account + `","name":"B"}]}`)
		if err := clinics.Use(account); profile.CodeOf(err) != profile.StoreUnreadable {
			t.Errorf("%q may be chosen: %v", account, err)
		}
	}
	write(`{"current":"4000777"}`)
	if _, err := clinics.Current(); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("a clinic that is not in the list is used: %v", err)
	}
	write(`{"current":"4000777","clinics":[{"account":"","name":"A"},{"account":"4000777","name":"B"}]}`)
	current, err := clinics.Current()
	folder, dirErr := current.storeDir()
	if err != nil || dirErr != nil || folder != filepath.Join(dir, "clinics", "4000777") {
		t.Errorf("a separate clinic: %q, %v, %v", folder, err, dirErr)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the names of the clinics: %v, %v", info.Mode(), err)
	}
}

// Two clinics of one region answer at the same address, so nothing but the key
// tells whose clients would come.
func TestKeyThatWasNotProvedIsNotUsed(t *testing.T) {
	ours := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 5})
	other := fakeclinic.New(fakeclinic.Options{Seed: 2, Patients: 5, AccountID: "4000777"})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, _, _ := r.BasicAuth(); key == other.Key() {
			other.ServeHTTP(w, r)
			return
		}
		ours.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	o := Options{Dir: t.TempDir(), ClinikoURL: server.URL + "/v1"}
	keys := keyring.Memory()
	start := func() *Workspace {
		t.Helper()
		w, err := open(t.Context(), o, keys)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := start()
	_, connectErr := w.Connect(t.Context(), ours.Key())
	_, engineErr := w.Engine(t.Context())
	if err := errors.Join(connectErr, engineErr, keys.Set(t.Context(), w.at.name(apiKey), []byte(other.Key())), w.Close()); err != nil {
		t.Fatal(err)
	}
	w = start()
	t.Cleanup(func() { _ = w.Close() })
	if _, err := w.Engine(t.Context()); profile.CodeOf(err) != profile.OtherClinic || len(other.Requests()) != 0 {
		t.Errorf("%v after %d requests", err, len(other.Requests()))
	}
	_, connectErr = w.Connect(t.Context(), ours.Key())
	if _, err := w.Engine(t.Context()); errors.Join(connectErr, err) != nil {
		t.Errorf("after the key was pasted again: %v, %v", connectErr, err)
	}
}

// The program ends while the store of the clinic that is used is deleted. Once it
// is gone, so is the clinic, and TeleHab starts with the first one; before that
// it is there.
func TestAClinicWhoseStoreIsGoneLeavesTheList(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	clinics := ClinicsOf(o)
	w, err := open(t.Context(), clinics.at("4000777"), keyring.Memory())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const list = `{"current":"4000777","clinics":[{"account":"","name":"A"},{"account":"4000777","name":"B"}],"removing":"4000777"}`
	if err := os.WriteFile(filepath.Join(o.Dir, "clinics.json"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, current, err := clinics.List(); err != nil || len(all) != 2 || current != "4000777" {
		t.Errorf("before: %+v, %q, %v", all, current, err)
	}
	if err := w.at.removeStore(); err != nil {
		t.Fatal(err)
	}
	if all, current, err := clinics.List(); err != nil || !slices.Equal(all, []Place{{Color: "teal"}}) || current != "" {
		t.Errorf("afterwards: %+v, %q, %v", all, current, err)
	}
}

// What cannot be read is named: the folder, where not even that can be.
func TestFolderThatCannotBeReadIsNamed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows says that there is no such path")
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ClinicsOf(Options{Dir: dir}).Current()
	if profile.CodeOf(err) != profile.StoreUnreadable || strings.Contains(profile.MessageOf(err), "clinics.json") {
		t.Errorf("%v: %s", err, profile.MessageOf(err))
	}
}

// Of many that change the list at once, as several processes may, each finds
// what the others have left. The first clinic is in the list with them.
func TestTheListOfClinicsIsChangedByOneAtATime(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			account := strconv.Itoa(4000001 + i)
			err := ClinicsOf(o).change(func(list *clinicList) error {
				list.Clinics = append(list.Clinics, Place{Account: account, Name: "Clinic " + account})
				return nil
			})
			if err == nil {
				err = ClinicsOf(o).Use(account)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	clinics, current, err := ClinicsOf(o).List()
	if err != nil || len(clinics) != 13 || clinics[0].Account != "" || current == "" {
		t.Errorf("%+v, %q, %v", clinics, current, err)
	}
}

// A damaged list hides no clinic that has a store, has none twice, and shows no two
// in one colour.
func TestADamagedListHidesNoClinic(t *testing.T) {
	for name, given := range map[string]struct {
		list  string
		want  []Place
		shown string // the colours by which the open clinics are known
	}{
		"without the first": {`{"current":"4000777","clinics":[{"account":"4000777","name":"B","color":"teal"}]}`,
			[]Place{{"", "First clinic", "blue"}, {"4000777", "B", "teal"}}, "blue teal"},
		"the first without a name": {`{"current":"4000777","clinics":[{"account":"","name":""},{"account":"4000777","name":"B"}]}`,
			[]Place{{"", "First clinic", "teal"}, {"4000777", "B", "blue"}}, "teal blue"},
		"each twice": {`{"current":"4000777","clinics":[{"account":"","name":"A","color":"pink"},{"account":"4000777","name":"B"},{"account":"4000777","name":"C","color":"green"},{"account":"","name":"D"}]}`,
			[]Place{{"", "A", "pink"}, {"4000777", "B", "teal"}}, "pink teal"},
		"another without a name": {`{"current":"","clinics":[{"account":"","name":"A"},{"account":"4000777","name":""}]}`,
			[]Place{{"", "A", "teal"}, {"4000777", "Clinic 4000777", "blue"}}, "teal blue"},
		"without the first, one half removed": {`{"current":"4000777","clinics":[{"account":"4000777","name":"B"},{"account":"4000778","name":"C"}],"removing":"4000778"}`,
			[]Place{{"", "First clinic", "teal"}, {"4000777", "B", "blue"}}, "teal blue"},
		"nobody": {`{}`,
			[]Place{{"", "First clinic", "teal"}, {"4000777", "Clinic 4000777", "blue"}}, "teal blue"},
	} {
		t.Run(name, func(t *testing.T) {
			clinics, shown := damagedList(t, given.list)
			all, _, err := clinics.List()
			if err != nil || !slices.Equal(all, given.want) {
				t.Errorf("%+v, %v, want %+v", all, err, given.want)
			}
			if shown() != given.shown {
				t.Errorf("shown in %s, want %s", shown(), given.shown)
			}
			if err := clinics.Use(""); err != nil {
				t.Fatal(err)
			}
			if all, current, err := clinics.List(); err != nil || current != "" || !slices.Equal(all, given.want) {
				t.Errorf("once it was written: %+v, %q, %v, want %+v", all, current, err, given.want)
			}
		})
	}
}

// A list that cannot be read says what to do, and is not replaced: it may have
// names, and colours, that nothing else has. The clinics that are open have
// different colours meanwhile.
func TestAListThatCannotBeReadIsNotReplaced(t *testing.T) {
	const half = `{"current":"4000777","clinics":[{"account":"","name":"A","co`
	clinics, shown := damagedList(t, half)
	w := &Workspace{options: clinics.at("")}
	for what, err := range map[string]error{
		"list":     second(clinics.Current()),
		"use":      clinics.Use(""),
		"color":    w.SetColor("pink"),
		"removing": clinics.Remove(t.Context(), "4000777"),
	} {
		if profile.CodeOf(err) != profile.StoreUnreadable || !strings.Contains(profile.MessageOf(err), "rename the file clinics.json") {
			t.Errorf("%s: %v", what, err)
		}
	}
	raw, err := os.ReadFile(filepath.Join(clinics.options.Dir, "clinics.json"))
	if err != nil || string(raw) != half {
		t.Errorf("%s, %v", raw, err)
	}
	if shown() != "teal blue" {
		t.Errorf("shown in %s", shown())
	}
}

func second[T any](_ T, err error) error { return err }

// damagedList has a store of the first clinic and one of another, with this list.
// shown are the colours in which the two are shown.
func damagedList(t *testing.T, list string) (clinics Clinics, shown func() string) {
	t.Helper()
	clinics = ClinicsOf(Options{Dir: t.TempDir()})
	for _, account := range []string{"", "4000777"} {
		w, err := open(t.Context(), clinics.at(account), keyring.Memory())
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(clinics.options.Dir, "clinics.json"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return clinics, func() string {
		first, other := &Workspace{options: clinics.at("")}, &Workspace{options: clinics.at("4000777")}
		return first.Color() + " " + other.Color()
	}
}
