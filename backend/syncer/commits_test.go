package syncer_test

import (
	"strconv"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// heldUp is a destination that is held up once, before it is told of several
// entries.
type heldUp struct {
	profile.Destination
	once sync.Once
	held chan struct{}
	goOn chan struct{}
}

func (h *heldUp) Apply(entries []profile.Entry) {
	if len(entries) > 1 {
		h.once.Do(func() {
			close(h.held)
			<-h.goOn
		})
	}
	h.Destination.Apply(entries)
}

// doorbell is a lock that says when somebody comes to it.
type doorbell struct {
	sync.Mutex
	comes chan struct{}
}

func (d *doorbell) Lock() {
	select {
	case d.comes <- struct{}{}:
	default:
	}
	d.Mutex.Lock()
}

// A pass has stored a client and is held up before it tells the list; meanwhile
// a person opens that client, who was edited since. The list has the later
// version in the end, as the store does.
func TestDestinationsAreToldInTheOrderOfTheCommits(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 300, Shares: &fakeclinic.Shares{}})
	c.full()
	people := directory.New()
	slow := &heldUp{Destination: people, held: make(chan struct{}), goOn: make(chan struct{})}
	commits := &doorbell{comes: make(chan struct{}, 1)}
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Destinations: []profile.Destination{slow}, Commits: commits})
	ids := c.fake.IDs()
	x := ids[5]
	for i, id := range ids[:20] {
		name := "Before" + strconv.Itoa(i)
		must(t, c.fake.Edit(id, func(p *fakeclinic.Patient) { p.LastName = &name }))
	}
	passed, opened := make(chan error, 1), make(chan error, 1)
	go func() { _, err := c.engine.Changes(t.Context(), nil); passed <- err }()
	<-slow.held
	<-commits.comes // the pass itself
	after := "After"
	must(t, c.fake.Edit(x, func(p *fakeclinic.Patient) { p.LastName = &after }))
	go func() { _, err := c.engine.One(t.Context(), profile.ID(x)); opened <- err }()
	select {
	case <-commits.comes:
	case err := <-opened:
		t.Errorf("it was stored and told before what was stored earlier: %v", err)
		opened <- err
	}
	close(slow.goOn)
	must(t, <-passed)
	must(t, <-opened)
	shown, _ := people.One(x)
	stored, err := c.store.One(t.Context(), x)
	must(t, err)
	if stored.Profile.LastName != "After" || shown.Profile.LastName != "After" {
		t.Errorf("stored is %s, in the list is %s", stored.Profile.LastName, shown.Profile.LastName)
	}
}

// Whoever was opened and is as before is told of too, since the age is new.
func TestWhoIsOpenedIsToldOfUnchanged(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 20, Shares: &fakeclinic.Shares{}})
	c.full()
	told := &listener{}
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Destinations: []profile.Destination{told}})
	id := c.fake.IDs()[3]
	_, err := c.engine.One(t.Context(), profile.ID(id))
	must(t, err)
	if len(told.refs) != 1 || told.refs[0] != id {
		t.Errorf("told of %v", told.refs)
	}
}
