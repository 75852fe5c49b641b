package fakeclinic

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// DemoOptions are those of the demo, as it was at a moment in its past: a clinic
// one would like to work in, with Cliniko's own limit. What its people do from
// then on is in Happenings.
func DemoOptions(began time.Time, clock func() time.Time) Options {
	return Options{Seed: 1, Limit: ClinikoLimit, Shares: new(EverydayShares()), Everyday: true, Closed: began.UTC().Truncate(time.Second), Clock: clock}
}

// Happening is something that people do in the clinic's Cliniko. It is done
// while the clinic's clock says At, and once, in the order of Happenings.
type Happening struct {
	At time.Time
	Do func() error
}

// Happenings returns what people at the front desk of the demo do in its Cliniko
// after it began: new clients, corrections, and now and then somebody who
// leaves. It is the same for equal arguments; a later until only adds to it.
// Days are those of the location of began.
func (c *Clinic) Happenings(began, until time.Time) []Happening {
	d := &desk{clinic: c, generator: newGenerator(&c.options)}
	d.generator.given = c.options.Patients // numbers that nobody has yet
	var all []Happening
	for day, i := midnight(began), uint64(0); day.Before(until); day, i = day.AddDate(0, 0, 1), i+1 {
		all = append(all, d.day(day, i)...)
	}
	return slices.DeleteFunc(all, func(h Happening) bool { return !h.At.After(began) || h.At.After(until) })
}

func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
}

// desk is the front desk of the demo.
type desk struct {
	clinic    *Clinic
	generator *generator
}

// day is what is done on one day. What it is, and when, depends on the day
// alone; to whom, on what was done before.
func (d *desk) day(day time.Time, number uint64) []Happening {
	random := rand.New(rand.NewPCG(d.clinic.options.Seed, 0x6465736b+number))
	busy := 3
	switch day.Weekday() {
	case time.Sunday:
		return nil
	case time.Saturday:
		busy = 1
	}
	var done []Happening
	add := func(times int, do func(*rand.Rand) error) {
		for range times {
			minute := time.Duration(8*60+40+random.IntN(8*60+30)) * time.Minute
			own := rand.New(rand.NewPCG(random.Uint64(), number))
			done = append(done, Happening{day.Add(minute), func() error { return do(own) }})
		}
	}
	add(random.IntN(busy+1), d.arrives)
	add(1+random.IntN(2*busy), d.corrects)
	add(random.IntN(busy+1), d.completes)
	if number%6 == 2 {
		add(1, d.leaves)
	}
	slices.SortStableFunc(done, func(a, b Happening) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	return done
}

// arrives adds a new client; one in five does not give everything at once.
func (d *desk) arrives(random *rand.Rand) error {
	g := d.generator
	g.random = random
	p := Patient{CreatedAt: d.clinic.stamp()}
	man := g.identity(&p)
	g.extras(&p, man)
	switch random.IntN(10) {
	case 0:
		p.Email = nil
	case 1:
		p.DateOfBirth = nil
	}
	_, err := d.clinic.Create(p)
	return err
}

// corrects changes a detail of somebody.
func (d *desk) corrects(random *rand.Rand) error {
	g := d.generator
	g.random = random
	id := d.pick(random, func(p *Patient) bool {
		return p.Email != nil && p.DateOfBirth != nil && p.FirstName != nil && p.LastName != nil
	})
	return d.edit(id, func(p *Patient) {
		switch random.IntN(4) {
		case 0:
			p.Email = new(g.everydayAddress(d.nameOf(p.FirstName), d.nameOf(p.LastName), *p.DateOfBirth))
		case 1:
			p.AcceptedPrivacyPolicy = new(true)
		default:
			p.Phones = g.everydayPhones()
		}
	})
}

// completes adds the email or the sex that somebody lacks.
func (d *desk) completes(random *rand.Rand) error {
	g := d.generator
	g.random = random
	id := d.pick(random, func(p *Patient) bool {
		return (p.Email == nil || p.Sex == nil && p.Gender == nil) && p.DateOfBirth != nil && p.FirstName != nil && p.LastName != nil
	})
	return d.edit(id, func(p *Patient) {
		if p.Email == nil {
			p.Email = new(g.everydayAddress(d.nameOf(p.FirstName), d.nameOf(p.LastName), *p.DateOfBirth))
		}
		if p.Sex == nil && p.Gender == nil {
			p.Sex = new("Female")
			if p.Title != nil && *p.Title == "Mr" {
				p.Sex = new("Male")
			}
		}
	})
}

// leaves archives somebody.
func (d *desk) leaves(random *rand.Rand) error {
	id := d.pick(random, func(p *Patient) bool { return p.Email != nil })
	if id == "" {
		return nil
	}
	return d.clinic.Archive(id)
}

func (d *desk) edit(id string, change func(*Patient)) error {
	if id == "" {
		return nil // there is nobody left of the kind
	}
	return d.clinic.Edit(id, change)
}

// pick returns one of the active clients of whom this is so, or "".
func (d *desk) pick(random *rand.Rand, fits func(*Patient) bool) string {
	d.clinic.mu.Lock()
	defer d.clinic.mu.Unlock()
	var ids []string
	for _, person := range d.clinic.roster.order(byCreated, active) {
		if fits(&person.patient) {
			ids = append(ids, person.patient.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[random.IntN(len(ids))]
}

// nameOf is a name as in an email address.
func (d *desk) nameOf(text *string) name {
	for _, community := range neighbours {
		for _, known := range slices.Concat(community.first, community.last) {
			if known.text == *text {
				return known
			}
		}
	}
	return spelt(*text)[0]
}
