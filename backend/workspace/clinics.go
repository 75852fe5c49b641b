package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/profile"
)

// Two clinics never share a store. The first one's lies in the data folder; each
// further one has a folder below it, with its own key, people and clients. A
// file says which one is used, and what the clinics are called.

// Place is a clinic that has a store on this computer.
type Place struct {
	Account string `json:"account"` // its folder; "" is the data folder itself
	Name    string `json:"name"`
}

// places is the file's content.
type places struct {
	Current string  `json:"current"`
	Clinics []Place `json:"clinics"`
}

func (o Options) placesPath() string { return filepath.Join(o.DataDir(), "clinics.json") }

func (o Options) places() (places, error) {
	var p places
	raw, err := os.ReadFile(o.placesPath())
	if errors.Is(err, fs.ErrNotExist) {
		return o.placesLeft()
	}
	if _, there := os.Lstat(o.placesPath()); err != nil && there != nil {
		return p, profile.Because(profile.StoreUnreadable, err) // it is not the list that cannot be read
	}
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err == nil {
		err = p.check()
	}
	if err == nil {
		err = os.Chmod(o.placesPath(), 0o600)
	}
	if err != nil {
		return places{}, unreadablePlaces(err)
	}
	return p, nil
}

func unreadablePlaces(cause error) error {
	return &profile.Error{Code: profile.StoreUnreadable, Cause: cause,
		Message: "The list of clinics on this computer cannot be read. Check that the disk works and is yours to read. If that does not help, rename the file clinics.json in TeleHab's data folder and start TeleHab again: it finds the clinics without it."}
}

// placesLeft lists the clinics by their folders, where the list is not there.
// The names stood in it alone.
func (o Options) placesLeft() (places, error) {
	var p places
	folders, err := os.ReadDir(filepath.Join(o.DataDir(), "clinics"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, unreadablePlaces(err)
	}
	for _, folder := range folders {
		account := folder.Name()
		if _, ok := profile.ParseID(account); ok && o.at(account).HasStore() {
			p.Clinics = append(p.Clinics, Place{account, "Clinic " + account})
		}
	}
	if len(p.Clinics) > 0 {
		p.Clinics = append([]Place{{"", "First clinic"}}, p.Clinics...)
	}
	return p, nil
}

// check refuses what TeleHab would not have written: the accounts name folders,
// which are made, and removed as a whole.
func (p places) check() error {
	listed := p.Current == ""
	for _, c := range p.Clinics {
		if _, ok := profile.ParseID(c.Account); !ok && c.Account != "" {
			return errors.New("an account that is no number")
		}
		listed = listed || c.Account == p.Current
	}
	if !listed {
		return errors.New("the clinic that is used is not in the list")
	}
	return nil
}

func (o Options) keep(p places) error {
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(o.placesPath(), raw, 0o600)
}

// Clinics returns the clinics that have a store on this computer, and which one
// is used. There are none in the list until there is a second one.
func (o Options) Clinics() (clinics []Place, current string, err error) {
	p, err := o.places()
	return p.Clinics, p.Current, err
}

// Current returns the options of the store that is used.
func (o Options) Current() (Options, error) {
	p, err := o.places()
	if err != nil {
		return o, err
	}
	current := o.at(p.Current)
	current.listed = slices.ContainsFunc(p.Clinics, func(c Place) bool { return c.Account == p.Current })
	return current, nil
}

// at returns the options of a clinic's store.
func (o Options) at(account string) Options {
	if account != "" {
		o.Dir = filepath.Join(o.DataDir(), "clinics", account)
	}
	return o
}

// Use makes the store of this clinic the one that is used. NotFound: it has
// none on this computer.
func (o Options) Use(account string) error {
	p, err := o.places()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(p.Clinics, func(c Place) bool { return c.Account == account }) {
		return profile.Errorf(profile.NotFound, "This clinic has no data on this computer. Connect it with its own API key.")
	}
	p.Current = account
	return o.keep(p)
}

// StartSeparate makes a store of its own for the clinic of a pasted key, with
// the person of w who asks for it as its first one, and makes it the one that is
// used. w, the store used until now, stays as it is.
//
// Errors: as Connect; Invalid when the key is of w's own clinic.
func (o Options) StartSeparate(ctx context.Context, w *Workspace, pasted, personID string) error {
	by, err := w.person(ctx, personID)
	if err != nil {
		return err
	}
	proof, err := w.prove(ctx, pasted)
	if err != nil {
		return err
	}
	now, err := w.db.Clinic(ctx)
	if err != nil {
		return err
	}
	account := proof.connection.Clinic.AccountID
	if _, ok := profile.ParseID(account); !ok {
		return profile.Errorf(profile.ClinicTrouble, "Cliniko named this clinic in a way that TeleHab does not know. Contact support@vald.com.")
	}
	p, err := o.places()
	if err != nil {
		return err
	}
	if len(p.Clinics) == 0 {
		p.Clinics = []Place{{Name: now.Name}}
	}
	if account == now.AccountID {
		return profile.Errorf(profile.Invalid, "This key belongs to the clinic that is connected here. Replace the key instead.")
	}
	listed := slices.ContainsFunc(p.Clinics, func(c Place) bool { return c.Account == account })
	if err := o.fill(ctx, account, proof, by, listed); err != nil {
		return err
	}
	p.Clinics = slices.DeleteFunc(p.Clinics, func(c Place) bool { return c.Account == account })
	p.Clinics = append(p.Clinics, Place{account, proof.connection.Clinic.Name})
	p.Current = account
	return o.keep(p)
}

// fill opens the separate store, adds its first person and connects it.
func (o Options) fill(ctx context.Context, account string, proof *proof, by profile.Person, listed bool) (err error) {
	its := o.at(account)
	its.listed = listed
	separate, err := Open(ctx, its)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, separate.Close()) }()
	people, err := separate.db.People(ctx)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		by.Permissions = profile.AllPermissions
		if err := separate.db.AddPerson(ctx, by); err != nil {
			return err
		}
	}
	return separate.Audited(ctx, profile.Event{Person: by.ID, Action: profile.ConnectedClinic, Subject: account},
		func(*profile.Event) error { return separate.connect(ctx, proof) })
}

// RemoveSeparate deletes the store that is used, if it is a separate one, and
// goes back to the first. It must not be open.
func (o Options) RemoveSeparate(ctx context.Context) error {
	p, err := o.places()
	if err != nil || p.Current == "" {
		return err
	}
	account := p.Current
	if err := Reset(ctx, o.at(account)); err != nil {
		return err
	}
	p.Clinics = slices.DeleteFunc(p.Clinics, func(c Place) bool { return c.Account == account })
	p.Current = ""
	if len(p.Clinics) < 2 {
		p.Clinics = nil
	}
	return errors.Join(o.keep(p), os.RemoveAll(o.at(account).Dir))
}

// Credentials are what a person proves themselves with in one store.
type Credentials struct{ email, hash string }

// Credentials returns those of a person of this store.
func (w *Workspace) Credentials(ctx context.Context, personID string) (Credentials, error) {
	p, err := w.person(ctx, personID)
	return Credentials{p.Email, p.PasswordHash}, err
}

// Recognise returns the person with the very same credentials in this store, so
// that nobody has to type the same password twice. SignedOut: there is none.
func (w *Workspace) Recognise(ctx context.Context, c Credentials) (profile.Person, error) {
	return w.find(ctx, func(p *profile.Person) bool {
		return p.Active() && c.hash != "" && p.Email == c.email && p.PasswordHash == c.hash
	})
}

func (w *Workspace) person(ctx context.Context, id string) (profile.Person, error) {
	return w.find(ctx, func(p *profile.Person) bool { return p.ID == id })
}

func (w *Workspace) find(ctx context.Context, is func(*profile.Person) bool) (profile.Person, error) {
	people, err := w.db.People(ctx)
	if err != nil {
		return profile.Person{}, err
	}
	for i := range people {
		if is(&people[i]) {
			return people[i], nil
		}
	}
	return profile.Person{}, profile.Errorf(profile.SignedOut, "Nobody is signed in. Sign in first.")
}

// proof is what Cliniko said about a pasted key.
type proof struct {
	key        cliniko.Key
	connection Connection
}

// prove asks Cliniko whom a pasted key belongs to.
func (w *Workspace) prove(ctx context.Context, pasted string) (*proof, error) {
	key, err := cliniko.ParseKey(pasted)
	if err != nil {
		return nil, err
	}
	client, err := w.newClient(key)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	clinic, err := client.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	page, err := client.Patients(ctx, profile.Query{ActiveOnly: true, Size: 1})
	return &proof{key, Connection{Clinic: clinic, Patients: page.Total}}, err
}
