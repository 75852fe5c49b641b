package fakeclinic

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const (
	// Ids from before long ones have 8 digits; the first long one is the API
	// reference's, which a float64 cannot represent.
	firstOldID  = 12_345_601
	firstLongID = 836_447_129_235_883_061
	// longIDStride spreads 100,000 ids over the range that still has 19 digits
	// or fewer.
	longIDStride = 5_000_000_000_000

	clinicYears = 9
	dayLength   = 24 * time.Hour
)

// closed is the latest of all generated times, unless the options say another
// one, so that a clinic is the same on any day and never in the future.
var closed = time.Date(2025, 12, 31, 8, 0, 0, 0, time.UTC)

// generator generates one clinic's patients.
type generator struct {
	random   *rand.Rand
	shares   Shares
	everyday bool
	closed   time.Time
	people   []Patient
	lots     []lot
	given    int // landlines, of an everyday clinic
}

func newGenerator(o *Options) *generator {
	return &generator{random: rand.New(rand.NewPCG(o.Seed, 0x636c696e6963)), shares: *o.Shares, everyday: o.Everyday, closed: o.Closed}
}

// generate generates the clinic's patients in the order of their creation.
func generate(o *Options) []*record {
	g, n := newGenerator(o), o.Patients
	g.people, g.lots = make([]Patient, n), make([]lot, n)
	specials := 0
	if g.shares.Specials {
		specials = min(len(specialPeople), n/4)
	}
	deck := g.random.Perm(n)
	g.assignIDs()
	g.assignLots(deck[specials:])
	for i := range g.people {
		g.person(&g.people[i])
	}
	g.addTraits()
	for i, lot := range g.lots {
		g.applyLot(&g.people[i], lot, i)
	}
	for i, special := range specialPeople[:specials] {
		special(&g.people[deck[i]])
	}
	g.merge(deck[specials:])
	return g.records()
}

func (g *generator) records() []*record {
	records := make([]*record, len(g.people))
	for i, p := range g.people {
		person, err := newRecord(p)
		if err != nil { // ids are valid: see assignIDs
			panic(err)
		}
		records[i] = person
	}
	return records
}

// assignIDs assigns ids and creation times in the same order, as a database
// does: the first tenth have old short ids, the first twentieth are one import
// with one created_at.
func (g *generator) assignIDs() {
	n := len(g.people)
	old, imported := n/10, n/20
	opened := g.closed.AddDate(-clinicYears, 0, 0)
	at, long := opened, uint64(firstLongID)
	step := g.closed.Add(-30*dayLength).Sub(opened) / time.Duration(n+1)
	for i := range g.people {
		p := &g.people[i]
		if i < old {
			p.ID = strconv.Itoa(firstOldID + 7*i)
		} else {
			p.ID = strconv.FormatUint(long, 10)
			long += 1 + g.random.Uint64N(longIDStride)
		}
		if i >= imported {
			at = at.Add(time.Duration(g.random.Int64N(int64(2 * step))))
		}
		p.CreatedAt = at.Truncate(time.Second)
	}
	// The sum of random steps may exceed the end a little; times must stay
	// within the clinic's life.
	for i := range g.people {
		if latest := g.closed.Add(-dayLength); g.people[i].CreatedAt.After(latest) {
			g.people[i].CreatedAt = latest
		}
	}
}

// assignLots assigns the mutually exclusive lots, in exact numbers.
func (g *generator) assignLots(deck []int) {
	next := 0
	for _, share := range g.shares.lots() {
		for range portion(share.share, len(g.people)) {
			if next == len(deck) {
				return
			}
			g.lots[deck[next]] = share.lot
			next++
		}
	}
}

// person fills in a patient with complete and correct details.
func (g *generator) person(p *Patient) {
	man := g.identity(p)
	g.update(p)
	g.extras(p, man)
}

// identity fills in who the patient is; man is 1 for a man.
func (g *generator) identity(p *Patient) (man int) {
	community := g.community()
	man = g.random.IntN(2)
	first := community.first[g.random.IntN((len(community.first)+1-man)/2)*2+man]
	last := community.last[g.random.IntN(len(community.last))]
	p.FirstName, p.LastName = &first.text, &last.text
	p.Sex = new([]string{"Female", "Male"}[man])
	p.Title = new([]string{"Ms", "Mr"}[man])
	if g.oneIn(3) {
		p.Title = nil
	}
	p.DateOfBirth = new(g.birthDate(p.CreatedAt.Year()))
	if g.everyday {
		p.Email, p.Phones = new(g.everydayAddress(first, last, *p.DateOfBirth)), g.everydayPhones()
		return man
	}
	p.Email = new(g.address(first, last))
	p.Phones = g.phones()
	return man
}

func (g *generator) community() people {
	from := peoples
	if g.everyday {
		from = neighbours
	}
	drawn := g.random.IntN(1000)
	for _, community := range from {
		if drawn -= community.weight; drawn < 0 {
			return community
		}
	}
	return from[0]
}

func (g *generator) oneIn(n int) bool { return g.random.IntN(n) == 0 }

// birthDate is in one of the 90 years before the patient became a client, on a
// day that every year has.
func (g *generator) birthDate(client int) string {
	return fmt.Sprintf("%04d-%02d-%02d", client-1-g.random.IntN(90), 1+g.random.IntN(12), 1+g.random.IntN(28))
}

func (g *generator) address(first, last name) string {
	return first.ascii() + "." + last.ascii() + strconv.Itoa(10+g.random.IntN(99_990)) + "@" + domains[g.random.IntN(len(domains))]
}

func (n name) ascii() string {
	if n.latin != "" {
		return n.latin
	}
	return strings.ToLower(n.text)
}

func (g *generator) phones() []Phone {
	phones := []Phone{{"Mobile", mobiles[g.random.IntN(len(mobiles))]}}
	if g.oneIn(12) {
		phones = nil
	}
	for g.oneIn(4) {
		line := landlines[g.random.IntN(len(landlines))]
		phones = append(phones, Phone{phoneTypes[g.random.IntN(len(phoneTypes))], fmt.Sprintf(line, g.random.IntN(100))})
	}
	return phones
}

// update draws an updated_at between creation and the end, mostly soon after
// creation or late.
func (g *generator) update(p *Patient) {
	life := int64(g.closed.Sub(p.CreatedAt))
	p.UpdatedAt = p.CreatedAt.Add(time.Duration(g.random.Int64N(life))).Truncate(time.Second)
	if g.oneIn(5) {
		p.UpdatedAt = p.CreatedAt
	}
}

// extras are details that people may or may not give.
func (g *generator) extras(p *Patient, man int) {
	if short, has := shortNames[*p.FirstName]; g.everyday {
		if has && g.oneIn(2) {
			p.PreferredFirstName = &short
		}
	} else if g.oneIn(12) {
		p.PreferredFirstName = new([]string{"Alex", "Sam", "Bee", "Mick", "Lulu", "Ash", "小明", "TJ"}[g.random.IntN(8)])
	}
	if g.oneIn(10) {
		p.Pronouns = new([]Pronouns{sheHer, heHim}[man])
	}
	if g.oneIn(60) {
		p.Pronouns, p.GenderIdentity = new(theyThem), new(identities[g.random.IntN(len(identities))])
	}
	switch g.random.IntN(4) {
	case 0:
		p.AcceptedPrivacyPolicy = new(true)
	case 1:
		p.AcceptedPrivacyPolicy = new(!g.oneIn(8))
	}
	town := &towns[g.random.IntN(len(towns))]
	p.Address1 = new(strconv.Itoa(1+g.random.IntN(200)) + " " + streets[g.random.IntN(len(streets))])
	p.City, p.State, p.PostCode = &town.city, &town.state, &town.postCode
	if g.oneIn(3) {
		p.Occupation = &occupations[g.random.IntN(len(occupations))]
	}
	if g.oneIn(4) {
		p.Notes = &complaints[g.random.IntN(len(complaints))]
		p.Medicare = new(fmt.Sprintf("0000 %05d 0", g.random.IntN(100_000)))
	}
	if g.oneIn(20) {
		p.EmergencyContact = new("Private contact: neighbour, " + mobiles[g.random.IntN(len(mobiles))])
		p.AppointmentNotes = new("Private appointment note: needs the ground-floor room")
		p.OldReferenceID = new("HP-" + strconv.Itoa(g.random.IntN(90_000)))
	}
	if g.oneIn(50) {
		p.CustomFields = json.RawMessage(intakeForm)
	}
}

const intakeForm = `{"sections":[{"name":"Intake","token":"f0000000-0000-4000-8000-000000000001","archived":false,"fields":[` +
	`{"name":"Sport","token":"f0000000-0000-4000-8000-000000000002","type":"text","value":"Private answer: netball"}]}]}`
