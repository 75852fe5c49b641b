package syncer_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// edit renames a client in Cliniko.
func (c *clocks) edit(i int, name string) {
	c.t.Helper()
	fine(c.t, c.fake.Edit(c.fake.IDs()[i], func(p *fakeclinic.Patient) { p.LastName = &name }))
}

// nameOf returns the last name that is stored of a client.
func (c *clocks) nameOf(i int) string {
	c.t.Helper()
	entry, err := c.store().One(c.t.Context(), c.fake.IDs()[i])
	fine(c.t, err)
	return entry.Profile.LastName
}

// healed checks that from now on everything is as if no Date had ever been
// wrong: changes are seen by the next pass, a quiet pass costs two requests,
// and all patients are read again after a week.
func (c *clocks) healed() {
	c.t.Helper()
	for i, pass := range []string{"the first pass", "the second"} {
		c.edit(20+i, pass)
		away := c.fake.IDs()[30+i]
		fine(c.t, c.fake.Archive(away)) // which leaves updated_at unchanged
		c.passed += 5 * time.Minute
		c.changes()
		if name, state := c.nameOf(20+i), c.stateOf(away); name != pass || state != profile.Archived {
			c.t.Errorf("after %s: %q, and the archived client is %s", pass, name, state)
		}
		c.passed += 20 * time.Minute
	}
	c.changes()
	before := c.fake.RequestCount()
	c.passed += 5 * time.Minute
	if c.changes(); c.fake.RequestCount()-before != 2 {
		c.t.Errorf("a quiet pass costs %d requests", c.fake.RequestCount()-before)
	}
	c.passed += 8 * aDay
	if p := c.changes(); p.Kind != profile.FullPass {
		c.t.Error("eight days later everybody is not read again")
	}
}

// One pass with a wrong Date, whichever pass it is and whatever this computer's
// clock shows: the next good answer heals.
func TestTheNextGoodAnswerHeals(t *testing.T) {
	lies := map[string]time.Duration{"30 minutes ahead": 30 * time.Minute, "30 days ahead": 30 * aDay, "ten years ahead": 10 * year,
		"30 minutes behind": -30 * time.Minute, "30 days behind": -30 * aDay, "ten years behind": -10 * year}
	skews := map[string]time.Duration{"right": 0, "20 minutes ahead": 20 * time.Minute, "a day behind": -aDay, "nine years behind": -9 * year}
	passes := map[string]func(*syncer.Engine) (profile.Pass, error){
		"changes": func(e *syncer.Engine) (profile.Pass, error) { return e.Changes(context.Background(), nil) },
		"full":    func(e *syncer.Engine) (profile.Pass, error) { return e.Full(context.Background(), nil) },
	}
	for lie, by := range lies {
		for skew, computer := range skews {
			for name, pass := range passes {
				for _, first := range []bool{true, false} {
					t.Run(lie+", this computer "+skew+", "+name, func(t *testing.T) {
						c := newClocks(t, 120)
						c.skew = computer
						if !first {
							c.full()
							c.passed += 5 * time.Minute
						}
						c.lie = by
						c.sync(pass)
						c.lie = 0
						c.passed += 5 * time.Minute
						c.edit(3, "Meanwhile")
						c.passed += 5 * time.Minute
						c.changes()
						if name := c.nameOf(3); name != "Meanwhile" {
							t.Errorf("the edit was lost: %q", name)
						}
						c.healed()
					})
				}
			}
		}
	}
}

// The same within a minute, in a program that continues running or beside another
// one.
func TestTheNextGoodAnswerHealsAtOnce(t *testing.T) {
	for name, second := range map[string]bool{"the same program": false, "another program": true} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 120)
			c.skew = time.Hour // so that there is nothing but the Date to go by
			lied := syncer.New(c.client, c.store().Store(), syncer.Options{Now: c.here})
			next := lied
			if second {
				next = syncer.New(c.client, c.store().Store(), syncer.Options{Now: c.here})
			}
			_, err := next.Full(t.Context(), nil)
			fine(t, err)
			for i, pass := range []func(context.Context, syncer.Report) (profile.Pass, error){next.Changes, next.Full, next.Sync} {
				c.passed, c.lie = c.passed+time.Second, time.Duration(30+i)*aDay
				_, err := lied.Full(t.Context(), nil)
				fine(t, err)
				c.passed, c.lie = c.passed+time.Second, 0
				id := c.fake.IDs()[i]
				fine(t, c.fake.Archive(id)) // which leaves updated_at unchanged
				_, err = pass(t.Context(), nil)
				fine(t, err)
				if s := c.stateOf(id); s != profile.Archived {
					t.Errorf("%d: the archived client is %s", i, s)
				}
			}
			c.passed, c.lie = c.passed+time.Second, 40*aDay
			_, err = lied.Full(t.Context(), nil)
			fine(t, err)
			c.passed, c.lie = c.passed+time.Second, 0
			id := c.fake.IDs()[9]
			fine(t, c.fake.Archive(id))
			if one, err := next.One(t.Context(), profile.ID(id)); err != nil || one.Profile.State != profile.Archived {
				t.Errorf("opened: %s, %v", one.Profile.State, err)
			}
		})
	}
}

// A Date that is wrong for days is believed, but no longer than until the next
// good answer, if this computer's clock is right.
func TestTheNextGoodAnswerEndsALongLie(t *testing.T) {
	for name, lie := range map[string]time.Duration{"ahead": 30 * aDay, "behind": -30 * aDay} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 120)
			archived, _ := c.archivedAndDeleted()
			c.lie = lie
			for range 8 {
				c.passed += 7 * time.Hour
				c.edit(5, c.clinicNow().Format(time.RFC3339Nano))
				c.changes()
			}
			c.edit(6, "During")
			c.lie = 0
			c.passed += 7 * time.Hour
			c.edit(7, "After")
			c.passed += time.Minute
			c.changes()
			if during, after := c.nameOf(6), c.nameOf(7); during != "During" || after != "After" {
				t.Errorf("edits were lost: %q and %q", during, after)
			}
			if s := c.stateOf(archived); s != profile.Archived {
				t.Errorf("the archived client is %q", s)
			}
			c.healed()
		})
	}
}

// Whatever times are stored, a full pass makes everything equal, and so do the
// passes that follow.
func TestAFullPassHealsWhateverIsStored(t *testing.T) {
	future := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, spoil := range map[string]func(*clocks){
		"the cursors": func(c *clocks) {
			c.exec("UPDATE clinic SET changed_cursor = ?1, archived_cursor = ?1, full_at = ?1, counted_at = ?1", future.UnixMicro())
		},
		"the believed time": func(c *clocks) {
			c.exec("UPDATE clock SET believed = ?1, reached = ?1, latest = ?1", future.UnixMicro())
		},
		"the comparison of the clocks": func(c *clocks) {
			c.exec("UPDATE clock SET anchor_clinic = ?1, believed = ?1, reached = ?1", future.UnixMicro())
		},
		"a doubt": func(c *clocks) {
			c.exec("UPDATE clock SET doubted_clinic = ?1, doubted_here = ?2", future.UnixMicro(), c.here().UnixMicro())
		},
		"rows": func(c *clocks) {
			for _, id := range c.fake.IDs()[:40] {
				entry, err := c.store().One(c.t.Context(), id)
				fine(c.t, err)
				entry.Profile.LastName, entry.Profile.UpdatedAt, entry.ReadAt = "Frozen", future, future
				_, err = c.store().Save(c.t.Context(), profile.Batch{Entries: []profile.Entry{entry}})
				fine(c.t, err)
			}
		},
	} {
		for _, doubt := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				c := newClocks(t, 120)
				c.full()
				c.passed += time.Hour
				c.changes()
				spoil(c)
				c.edit(1, "Edited")
				away := c.fake.IDs()[2]
				fine(t, c.fake.Archive(away))
				c.passed += 30 * time.Minute
				if doubt {
					c.skew = 3 * time.Hour
				}
				c.full()
				for i, want := range c.fake.Patients() {
					if name := c.nameOf(i); name != *want.LastName {
						t.Errorf("%d is %q, want %q", i, name, *want.LastName)
					}
				}
				if s := c.stateOf(away); s != profile.Archived {
					t.Errorf("the archived client is %s", s)
				}
				c.healed()
			})
		}
	}
}

func (c *clocks) exec(query string, values ...any) {
	c.t.Helper()
	db, err := sql.Open("sqlite3", c.path)
	fine(c.t, err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(c.t.Context(), query, values...)
	fine(c.t, err)
}

// A client who was found to be deleted while the Date was wrong is erased as
// long after the next good answer as any other.
func TestWhoIsDeletedUnderAWrongDateIsErasedInTime(t *testing.T) {
	c := newClocks(t, 120)
	c.full()
	deleted := c.fake.IDs()[1]
	fine(t, c.fake.Delete(deleted))
	c.passed, c.lie = c.passed+time.Hour, 30*aDay
	c.full()
	c.passed, c.lie = c.passed+time.Hour, 0
	c.changes()
	if s := c.stateOf(deleted); s != profile.Deleted {
		t.Fatalf("the deleted client is %q", s)
	}
	for _, want := range []profile.State{profile.Deleted, ""} {
		c.passed += 6 * aDay
		c.changes()
		if s := c.stateOf(deleted); s != want {
			t.Errorf("the deleted client is %q, want %q", s, want)
		}
	}
}

// A record that could not be read while the Date was wrong is read again soon
// after the next good answer.
func TestWhatCouldNotBeReadUnderAWrongDateIsReadAgain(t *testing.T) {
	c := newClocks(t, 120)
	c.skew = time.Hour // so that there is nothing but the Date to go by
	c.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault {
		return fakeclinic.Fault{Kind: fakeclinic.Undecodable, Row: 5}
	})
	c.lie = 30 * aDay
	c.full()
	c.fake.SetFaults(nil)
	c.passed, c.lie = c.passed+2*time.Minute, 0
	_, err := syncer.New(c.client, c.store().Store(), syncer.Options{Now: c.here}).One(t.Context(), profile.ID(c.fake.IDs()[0]))
	fine(t, err)
	pass := c.sync(func(e *syncer.Engine) (profile.Pass, error) { return e.Retry(t.Context()) })
	if pass.Counts.Read == 0 {
		t.Errorf("%+v", pass)
	}
}
