package window

import (
	"context"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// People manages accounts and signing in.
type People struct {
	access    host.Access
	page      *page
	clipboard *detailClipboard
	autoLock  *session.AutoLock
}

// NewPeople returns the service.
func NewPeople(p Parts) *People { return &People{p.access, p.page, p.clipboard, p.autoLock} }

// PersonDetails are what may be changed of a person.
type PersonDetails struct {
	Name        string   `json:"name"`
	Email       string   `json:"email"`
	Permissions []string `json:"permissions"`
	Active      bool     `json:"active"` // may sign in
}

// CreateFirst makes the first person, who gets every permission, and signs them
// in. It fails once there is anybody.
func (p *People) CreateFirst(name, email, password string) (AppState, error) {
	return host.Do(p.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		p.begin(c)
		return p.signedIn(ctx, c.Clinic, c.SignUp(ctx, name, email, password))
	})
}

// SignIn signs a person in and reads the profiles into memory.
func (p *People) SignIn(email, password string) (AppState, error) {
	return host.Do(p.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		p.begin(c)
		return p.signedIn(ctx, c.Clinic, c.SignIn(ctx, email, password))
	})
}

// SignInAs is SignIn for one of AppState's people, or for whoever has locked the
// window, by id.
func (p *People) SignInAs(person, password string) (AppState, error) {
	return host.Do(p.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		p.begin(c)
		return p.signedIn(ctx, c.Clinic, c.SignInAs(ctx, person, password))
	})
}

// begin has the idle time of whoever comes in count from now, or the first tick
// would lock them out. While somebody is signed in it puts off no lock: such a
// call comes from no page of ours.
func (p *People) begin(c *host.Call) {
	if c.Session == nil {
		p.autoLock.Begin()
	}
}

func (p *People) signedIn(ctx context.Context, c *host.Clinic, err error) (AppState, error) {
	if err != nil {
		return AppState{}, err
	}
	p.autoLock.Used()
	c.Background.Focus()
	return p.page.stateOf(ctx, c)
}

// SignOut forgets who is signed in, and every name. A pass continues.
func (p *People) SignOut() (AppState, error) {
	return host.Do(p.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		c.SignOut()
		return p.page.state(ctx, c)
	})
}

// StrengthView is how hard a password is to guess.
type StrengthView struct {
	Score   int    `json:"score"`   // 0 to 4; from 3 on it is accepted
	Problem string `json:"problem"` // why it is not accepted; "" if it is
}

// Strength judges a password for whoever has this name and email, as setting
// it would.
func (p *People) Strength(password, name, email string) (StrengthView, error) {
	return host.Do(p.access, session.Anyone, func(ctx context.Context, c *host.Call) (StrengthView, error) {
		score, err := c.Clinic.Workspace.Accounts.Judge(ctx, password, name, email)
		view := StrengthView{Score: score}
		if err != nil {
			view.Problem = profile.MessageOf(err)
		}
		return view, nil
	})
}

// Suggest returns a new random password for whoever has this name and email,
// which is always accepted for them.
func (p *People) Suggest(name, email string) (string, error) {
	return host.Do(p.access, session.MayManagePeople, func(ctx context.Context, c *host.Call) (string, error) {
		return c.Clinic.Workspace.Accounts.Suggest(ctx, name, email)
	})
}

// CopyPassword puts a password on the clipboard, which is cleared as after
// Profiles.CopyDetail.
func (p *People) CopyPassword(password string) error {
	_, err := host.Do(p.access, session.MayManagePeople, func(context.Context, *host.Call) (none, error) {
		return none{}, p.clipboard.put(password)
	})
	return err
}

// RoleView is a name for permissions that go together.
type RoleView struct {
	Name        string   `json:"name"` // front_desk, practitioner, owner
	Permissions []string `json:"permissions"`
}

// Roles returns the roles that may be chosen for somebody.
func (p *People) Roles() ([]RoleView, error) {
	return host.Do(p.access, session.MayManagePeople, func(context.Context, *host.Call) ([]RoleView, error) {
		views := make([]RoleView, len(staff.Roles))
		for i, role := range staff.Roles {
			views[i] = RoleView{role.Name, permissionNames(role.Permissions)}
		}
		return views, nil
	})
}

// ChangePassword replaces the password of whoever is signed in, and removes their
// PIN.
func (p *People) ChangePassword(present, fresh string) error {
	_, err := host.Do(p.access, session.SignedIn, func(ctx context.Context, c *host.Call) (none, error) {
		err := c.Session.Accounts().ChangePassword(ctx, present, fresh)
		if err == nil {
			c.Clinic.TellState(ctx)
		}
		return none{}, err
	})
	return err
}

// List returns everybody who has an account on this computer.
func (p *People) List() ([]PersonView, error) {
	return host.Do(p.access, session.MayManagePeople, func(ctx context.Context, c *host.Call) ([]PersonView, error) {
		people, err := c.Session.Accounts().List(ctx)
		views := []PersonView{}
		for i := range people {
			views = append(views, *personView(&people[i]))
		}
		return views, err
	})
}

func permissionsOf(names []string) []staff.Permission {
	permissions := make([]staff.Permission, len(names))
	for i, name := range names {
		permissions[i] = staff.Permission(name)
	}
	return permissions
}

// Add makes an account. own is the password of whoever makes it.
func (p *People) Add(details PersonDetails, password, own string) (PersonView, error) {
	return host.Do(p.access, session.MayManagePeople, func(ctx context.Context, c *host.Call) (PersonView, error) {
		person, err := c.Session.Accounts().Add(ctx, own, details.Name, details.Email, password, permissionsOf(details.Permissions))
		return *personView(&person), err
	})
}

// accountDetails are the details as package account has them.
func (d *PersonDetails) accountDetails() account.Details {
	return account.Details{Name: d.Name, Email: d.Email, Permissions: permissionsOf(d.Permissions), Active: d.Active}
}

// Change changes an account; own is as in Add. It is refused where the person is
// not as before any more, which is what the page has shown. Whoever is
// deactivated while signed in is signed out.
func (p *People) Change(id string, before, details PersonDetails, own string) (PersonView, error) {
	return host.Do(p.access, session.MayManagePeople, func(ctx context.Context, c *host.Call) (PersonView, error) {
		themselves := c.Session.Person().ID == id
		if themselves {
			c.KeepAnswer()
		}
		shown, change := before.accountDetails(), details.accountDetails()
		change.Before = &shown
		person, err := c.Session.Accounts().Change(ctx, own, id, change)
		if person.ID == "" {
			return PersonView{}, err
		}
		if themselves {
			c.Clinic.TellState(ctx)
		}
		return *personView(&person), err
	})
}

// ResetPassword gives somebody who forgot the password another one, and removes
// their PIN; own is as in Add.
func (p *People) ResetPassword(id, password, own string) error {
	_, err := host.Do(p.access, session.MayManagePeople, func(ctx context.Context, c *host.Call) (none, error) {
		err := c.Session.Accounts().ResetPassword(ctx, own, id, password)
		if err == nil && c.Session.Person().ID == id {
			c.Clinic.TellState(ctx)
		}
		return none{}, err
	})
	return err
}
