package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"time"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Two clinics never share a store. The first one's lies in the data folder;
// each further one has a folder below it, with its own key, people and
// clients. A file says which one is used, and what the clinics are called.

// Place is a clinic that has a store on this computer.
type Place struct {
	Account string `json:"account"`         // its folder; "" is the data folder itself
	Name    string `json:"name"`            // "" where there is no other clinic to tell it from
	Color   string `json:"color,omitempty"` // one of Colors
}

// clinicList is the file's content.
type clinicList struct {
	Current string  `json:"current"`
	Clinics []Place `json:"clinics"`
}

// clinicsFolder has the folders of all clinics but the first.
const clinicsFolder = "clinics"

// Clinics are the clinics that have a store on this computer.
type Clinics struct{ options Options }

// ClinicsOf returns those below the data folder that the options mean.
func ClinicsOf(o Options) Clinics {
	o.Account = ""
	return Clinics{o}
}

// listFile says which clinic is used, and what the clinics are called.
const listFile = "clinics.json"

func (c Clinics) read() (list clinicList, err error) {
	folder, err := datafolder.Open(c.options.DataDir())
	if errors.Is(err, fs.ErrNotExist) {
		return list, nil
	}
	if err != nil {
		return list, profile.Because(profile.StoreUnreadable, err) // it is not the list that cannot be read
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	raw, err := folder.ReadFile(listFile)
	if errors.Is(err, fs.ErrNotExist) {
		return c.readFolders(folder)
	}
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err == nil {
		err = list.check()
	}
	if err == nil {
		err = folder.CloseToOthers(listFile)
	}
	if err != nil {
		return clinicList{}, unreadableList(err)
	}
	list.fillColors()
	return list, nil
}

func unreadableList(cause error) error {
	return &profile.Error{Code: profile.StoreUnreadable, Cause: cause,
		Message: "The list of clinics on this computer cannot be read. Check that the disk works and is yours to read. If that does not help, rename the file clinics.json in TeleHab's data folder and start TeleHab again: it finds the clinics without it."}
}

// readFolders lists the clinics by their folders, where the list is not there.
// The names stood in it alone.
func (c Clinics) readFolders(data *datafolder.Folder) (clinicList, error) {
	var list clinicList
	accounts, err := accountsIn(data)
	if err != nil {
		return list, unreadableList(err)
	}
	for _, account := range accounts {
		if l, err := locate(c.at(account), nil); err != nil || l.hasStore() {
			list.Clinics = append(list.Clinics, Place{Account: account, Name: "Clinic " + account})
		}
	}
	if len(list.Clinics) > 0 {
		list.Clinics = append([]Place{{Name: "First clinic"}}, list.Clinics...)
	}
	list.fillColors()
	return list, nil
}

// accountsIn returns the accounts of the further clinics that have a folder.
// Folders whose name is no account are not ours.
func accountsIn(data *datafolder.Folder) (names []string, err error) {
	folder, err := data.OpenSub(clinicsFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	names, err = folder.Names()
	return slices.DeleteFunc(names, func(name string) bool { _, ok := profile.ParseID(name); return !ok }), err
}

// check refuses what TeleHab would not have written: the accounts name folders,
// which are made, and removed as a whole.
func (l clinicList) check() error {
	listed := l.Current == ""
	for _, c := range l.Clinics {
		if _, ok := profile.ParseID(c.Account); !ok && c.Account != "" {
			return errors.New("an account that is no number")
		}
		listed = listed || c.Account == l.Current
	}
	if !listed {
		return errors.New("the clinic that is used is not in the list")
	}
	return nil
}

func (l clinicList) has(account string) bool { return l.place(account) != nil }

// place returns the clinic of the list, to be changed in it, or nil.
func (l clinicList) place(account string) *Place {
	i := slices.IndexFunc(l.Clinics, func(c Place) bool { return c.Account == account })
	if i < 0 {
		return nil
	}
	return &l.Clinics[i]
}

func (l clinicList) without(account string) []Place {
	return slices.DeleteFunc(slices.Clone(l.Clinics), func(c Place) bool { return c.Account == account })
}

func (c Clinics) write(list clinicList) error {
	raw, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	folder, err := datafolder.Make(c.options.DataDir())
	if err == nil {
		err = errors.Join(folder.Write(listFile, raw), folder.Close())
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// change changes the list as it is now. A lock keeps it from being changed by
// two at once, in this process or in several.
func (c Clinics) change(how func(*clinicList) error) (err error) {
	folder, err := datafolder.Make(c.options.DataDir())
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	lock, err := folder.Flock(listLock)
	if err = errors.Join(err, folder.Close()); err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), listPatience)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, listRetry); err != nil {
		return profile.Because(profile.StoreBusy, err)
	}
	defer func() { _ = lock.Unlock() }()
	list, err := c.read()
	if err == nil {
		err = how(&list)
	}
	if err != nil {
		return err
	}
	list.fillColors()
	return c.write(list)
}

// listLock is held by whoever changes the list, for moments, unless the program
// is suspended then; so the wait has a limit.
const (
	listLock     = "clinics.lock"
	listPatience = 10 * time.Second
	listRetry    = 10 * time.Millisecond
)

// List returns the clinics, and which one is used. There are none in the list
// until there is a second one, or the first has got a colour.
func (c Clinics) List() (clinics []Place, current string, err error) {
	list, err := c.read()
	return list.Clinics, list.Current, err
}

// has says whether the list has this clinic.
func (c Clinics) has(account string) (bool, error) {
	list, err := c.read()
	return list.has(account), err
}

// Current returns the options of the store that is used.
func (c Clinics) Current() (Options, error) {
	list, err := c.read()
	return c.at(list.Current), err
}

// at returns the options of a clinic's store.
func (c Clinics) at(account string) Options {
	o := c.options
	o.Account = account
	return o
}

// Use makes the store of this clinic the one that is used. NotFound: it has
// none on this computer.
func (c Clinics) Use(account string) error {
	return c.change(func(list *clinicList) error {
		if !list.has(account) {
			return profile.Refuse(profile.NotFound, "This clinic has no data on this computer. Connect it with its own API key.")
		}
		list.Current = account
		return nil
	})
}

// StartSeparate makes a store of its own for the clinic of a pasted key, with
// the person of w who asks for it as its first one, and makes it the one that
// is used. w, the store used until now, stays as it is.
//
// Errors: as Connect; Invalid when the key is of w's own clinic; NotPermitted
// when the clinic has a store of its own already, whose people decide.
func (c Clinics) StartSeparate(ctx context.Context, w *Workspace, pasted, personID string) error {
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
		return profile.Refuse(profile.ClinicTrouble, "Cliniko named this clinic in a way that TeleHab does not know. Contact support@vald.com.")
	}
	if _, err := c.read(); err != nil {
		return err // before anything is made that it could not have
	}
	if account == now.AccountID {
		return profile.Refuse(profile.Invalid, "This key belongs to the clinic that is connected here. Replace the key instead.")
	}
	if err := c.fill(context.WithoutCancel(ctx), account, proof, by); err != nil {
		return err
	}
	return c.change(func(list *clinicList) error {
		if own := list.place(w.SeparateAccount()); own != nil {
			own.Name = now.Name // without the file nobody knew it
		} else if len(list.Clinics) == 0 {
			list.Clinics = []Place{{Name: now.Name}}
		}
		further := Place{Account: account, Name: proof.connection.Clinic.Name}
		if known := list.place(account); known != nil {
			further.Color = known.Color
		}
		*list = clinicList{Current: account, Clinics: append(list.without(account), further)}
		return nil
	})
}

// errSomebody: the store has a first person already.
var errSomebody = errors.New("there are people already")

// fill opens the separate store, adds its first person and connects it.
func (c Clinics) fill(ctx context.Context, account string, proof *proof, by staff.Person) (err error) {
	separate, err := Open(ctx, c.at(account))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, separate.Close()) }()
	err = separate.db.ChangePeople(ctx, func(people []staff.Person) (staff.Person, error) {
		if len(people) > 0 {
			return staff.Person{}, errSomebody
		}
		by.Permissions = staff.AllPermissions
		return by, nil
	})
	if errors.Is(err, errSomebody) {
		by, err = separate.mayConnect(ctx, by)
	}
	if err != nil {
		return err
	}
	return separate.Audited(ctx, staff.Event{Person: by.ID, Action: staff.ConnectedClinic, Subject: account},
		func(*staff.Event) error { return separate.connect(ctx, proof) })
}

// mayConnect returns the person of another store as this one knows them, if they
// may connect its clinic here or replace its key.
func (w *Workspace) mayConnect(ctx context.Context, by staff.Person) (staff.Person, error) {
	known, err := w.Recognise(ctx, Credentials{by.Email, by.PasswordHash})
	if err != nil && profile.CodeOf(err) != profile.SignedOut {
		return known, err
	}
	needs := staff.ModifyLink
	if _, clinicErr := w.Clinic(ctx); profile.CodeOf(clinicErr) == profile.NotConnected {
		needs = staff.CreateLink
	}
	if err != nil || !known.May(needs) {
		return known, profile.Refuse(profile.NotPermitted, "This clinic is on this computer already. Switch to it and replace the key there.")
	}
	return known, nil
}

// Remove deletes the separate store of this account, which must not be open,
// and goes back to the first clinic if it is the one that is used.
func (c Clinics) Remove(ctx context.Context, account string) error {
	if _, err := c.read(); err != nil || account == "" {
		return err
	}
	l, err := locate(c.at(account), systemKeyring())
	if err != nil {
		return err
	}
	if err := l.withoutPasses(func() error { return l.reset(ctx) }); err != nil {
		return err
	}
	err = c.change(func(list *clinicList) error {
		if list.Clinics = list.without(account); len(list.Clinics) == 1 {
			list.Clinics[0].Name = "" // its store has it
		}
		if list.Current == account {
			list.Current = ""
		}
		return nil
	})
	return errors.Join(err, c.eraseFolder(account))
}

// eraseFolder deletes what we made in the folder of a further clinic.
func (c Clinics) eraseFolder(account string) error {
	data, err := datafolder.Open(c.options.DataDir())
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	clinics, err := data.OpenSub(clinicsFolder)
	if err == nil {
		err = errors.Join(clinics.EraseClinic(account), clinics.Close())
	}
	if err = errors.Join(err, data.Close()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}
