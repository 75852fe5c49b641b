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
)

// clinicList is the file's content.
type clinicList struct {
	Current string  `json:"current"`
	Clinics []Place `json:"clinics"`
	// Removing is the clinic whose store is being deleted. It is in the list until
	// that is gone, also where the program ends in between.
	Removing string `json:"removing,omitempty"`
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
		if list, err = c.fromFolders(folder); err != nil {
			return list, unreadableList(err)
		}
		return list, nil
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
	if list.Removing != "" && !c.hasStore(list.Removing) {
		list.drop(list.Removing)
	}
	if accounts, err := accountsIn(folder); err == nil { // else the list is all there is
		c.addFolders(&list, accounts)
	}
	list.complete()
	return list, nil
}

// fromFolders is the list that the folders make without the file.
func (c Clinics) fromFolders(data *datafolder.Folder) (list clinicList, err error) {
	accounts, err := accountsIn(data)
	c.addFolders(&list, accounts)
	list.complete()
	return list, err
}

func unreadableList(cause error) error {
	return &profile.Error{Code: profile.StoreUnreadable, Cause: cause,
		Message: "The list of clinics on this computer cannot be read. Check that the disk works and is yours to read. If that does not help, rename the file clinics.json in TeleHab's data folder and start TeleHab again: it finds the clinics without it."}
}

// addFolders adds the clinics that have a folder with a store and are not in the
// list: it was lost, or the program ended once a store was made and before the
// list had it.
func (c Clinics) addFolders(list *clinicList, accounts []string) {
	for _, account := range accounts {
		if !list.has(account) && c.hasStore(account) {
			list.Clinics = append(list.Clinics, Place{Account: account})
		}
	}
}

// complete makes a list that can be shown of one that was damaged or lost: it has
// each clinic once, and the first one wherever there is another. Names stand in
// it alone, so those that it lacks are made up, or nobody could switch to them.
func (l *clinicList) complete() {
	seen := map[string]bool{}
	l.Clinics = slices.DeleteFunc(l.Clinics, func(c Place) bool {
		again := seen[c.Account]
		seen[c.Account] = true
		return again
	})
	if len(l.Clinics) > 0 && !seen[""] {
		l.Clinics = append([]Place{{}}, l.Clinics...)
	}
	for i := range l.Clinics {
		switch c := &l.Clinics[i]; {
		case c.Name != "" || len(l.Clinics) == 1:
		case c.Account == "":
			c.Name = "First clinic"
		default:
			c.Name = "Clinic " + c.Account
		}
	}
	l.fillColors()
}

// hasStore says that a clinic has a store in its folder, whatever the list says.
func (c Clinics) hasStore(account string) bool {
	l, err := locate(c.at(account), nil)
	return err != nil || l.hasStore()
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
	if _, ok := profile.ParseID(l.Removing); !ok && l.Removing != "" {
		return errors.New("an account that is no number")
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

// drop takes a clinic out of the list, and goes back to the first one if it is
// the one that is used.
func (l *clinicList) drop(account string) {
	l.Clinics = l.without(account)
	if first := l.place(""); first != nil && len(l.Clinics) == 1 {
		first.Name = "" // its store has it
	}
	if l.Current == account {
		l.Current = ""
	}
	l.Removing = ""
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

// change changes the list as it is now.
func (c Clinics) change(how func(*clinicList) error) (err error) {
	return c.locked(func() error {
		list, err := c.read()
		if err == nil {
			err = how(&list)
		}
		if err != nil {
			return err
		}
		list.fillColors()
		return c.write(list)
	})
}

// locked does something while nobody else changes the list, in this process or
// in another.
func (c Clinics) locked(do func() error) error {
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
	return do()
}

// listLock is held by whoever changes the list, for moments, unless the program
// is suspended then; so the wait has a limit.
const (
	listLock     = "clinics.lock"
	listPatience = 10 * time.Second
	listRetry    = 10 * time.Millisecond
)
