package syncer_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/syncer"
)

// The Date of a slow answer is later than what is in it. Whoever was created in
// between is not in its count, and hides somebody who was deleted in between:
// then everybody behind moved up by one, and one of them between two pages.
func TestASlowAnswerHidesNobody(t *testing.T) {
	for slow := 1; slow <= 8; slow++ {
		clock := newClock(time.Now(), false)
		c := newClinic(t, fakeclinic.Options{Seed: 18, Patients: 296, Shares: &fakeclinic.Shares{}, Clock: clock.Now})
		c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: clock.Now})
		before := c.fake.RequestCount()
		c.fake.AfterRequest(func(r fakeclinic.Request) {
			if r.N != before+slow {
				return
			}
			must(t, c.fake.Delete(c.fake.IDs()[50]))
			create(c)
			clock.forward(3 * time.Second)
		})
		c.full()
		c.fake.AfterRequest(nil)
		c.changes()
		local := c.local()
		for ref := range c.remote(nil) {
			if _, ok := local[ref]; !ok {
				t.Errorf("request %d was slow, and %s was passed over", slow, ref)
			}
		}
	}
}
