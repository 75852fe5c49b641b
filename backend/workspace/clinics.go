package workspace

import (
	"context"
	"errors"
	"io/fs"

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

// clinicsFolder has the folders of all clinics but the first.
const clinicsFolder = "clinics"

// Clinics are the clinics that have a store on this computer.
type Clinics struct{ options Options }

// ClinicsOf returns those below the data folder that the options mean.
func ClinicsOf(o Options) Clinics {
	o.Account = ""
	return Clinics{o}
}

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

// Of returns the options of the store of w, which is one of them.
func (c Clinics) Of(w *Workspace) Options { return c.at(w.SeparateAccount()) }

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
	now, err := w.db().Clinic(ctx)
	if err != nil {
		return err
	}
	account := proof.connection.Clinic.AccountID
	if _, ok := profile.ParseID(account); !ok {
		return profile.Refuse(profile.ClinicTrouble, "Cliniko named this clinic in a way that TeleHab does not know. Write to TeleHab's support, support@vald.com.")
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
	err = separate.db().ChangePeople(ctx, func(people []staff.Person) (staff.Person, error) {
		if len(people) > 0 {
			return staff.Person{}, errSomebody
		}
		by.Permissions, by.QuickUnlock = staff.AllPermissions, staff.Enrollment{}
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
// and goes back to the first clinic if it is the one that is used. Where the list
// cannot be changed, nothing is deleted: a list that has a clinic without a
// store would keep TeleHab from starting.
func (c Clinics) Remove(ctx context.Context, account string) error {
	if account == "" {
		return nil
	}
	l, err := locate(c.at(account), systemKeyring())
	if err != nil {
		return err
	}
	err = c.locked(func() error {
		list, err := c.read()
		if err != nil {
			return err
		}
		list.Removing = account
		if err := c.write(list); err != nil {
			return err
		}
		if err := l.withoutPasses(func() error { return l.reset(ctx) }); err != nil {
			list.Removing = ""
			return errors.Join(err, c.write(list))
		}
		list.drop(account)
		return c.write(list)
	})
	if err != nil {
		return err
	}
	return c.eraseFolder(account)
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
