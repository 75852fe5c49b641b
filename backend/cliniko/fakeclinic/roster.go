package fakeclinic

import (
	"cmp"
	"math"
	"slices"
)

// record is one version of a patient. It is immutable: an edit replaces it.
type record struct {
	patient                    Patient
	id                         uint64
	created, updated, archived int64 // microseconds since 1970; archived is never if there is no such time
	encoded                    []byte
}

const never = math.MinInt64

func newRecord(p Patient) (*record, error) {
	id, err := p.numericID()
	if err != nil {
		return nil, err
	}
	r := &record{patient: p, id: id, created: p.CreatedAt.UnixMicro(), updated: p.UpdatedAt.UnixMicro(), archived: never}
	if p.ArchivedAt != nil {
		r.archived = p.ArchivedAt.UnixMicro()
	}
	r.encoded = encodePatient(&p)
	return r, nil
}

// column is a column that the roster sorts by.
type column int

const (
	noColumn column = iota - 1
	byCreated
	byUpdated
	byID
	byArchived
	columns
)

func (r *record) key(c column) int64 {
	switch c {
	case byCreated:
		return r.created
	case byUpdated:
		return r.updated
	case byID:
		return int64(r.id)
	default:
		return r.archived
	}
}

// population is the set of patients that a list is about.
type population int

const (
	everyone population = iota
	active
	archived
	populations
)

func (p population) has(r *record) bool {
	return p == everyone || (p == archived) == (r.archived != never)
}

// roster holds the clinic's patients, in every order that was requested so far.
// Orders are built when first needed and then maintained by insertion, so that
// a page costs a binary search however large the clinic. It has no lock of its
// own.
type roster struct {
	people  map[string]*record
	orders  [columns][populations][]*record
	built   [columns][populations]bool
	highest uint64

	// found caches results of scans until the next change, because the pages of
	// one list are requested in turn.
	found map[string][]*record
}

const foundKept = 16

func newRoster(size int) *roster {
	return &roster{people: make(map[string]*record, size), found: map[string][]*record{}}
}

// order returns the patients of a population, sorted by a column and then by
// id. It is valid until the next change.
func (r *roster) order(c column, p population) []*record {
	if !r.built[c][p] {
		people := make([]*record, 0, len(r.people))
		for _, person := range r.people {
			if p.has(person) {
				people = append(people, person)
			}
		}
		slices.SortFunc(people, func(a, b *record) int { return compare(c, a, b) })
		r.orders[c][p], r.built[c][p] = people, true
	}
	return r.orders[c][p]
}

func compare(c column, a, b *record) int {
	return cmp.Or(cmp.Compare(a.key(c), b.key(c)), cmp.Compare(a.id, b.id))
}

// between returns the part of an order with keys from low to high, both
// included.
func between(order []*record, c column, low, high int64) []*record {
	from, _ := slices.BinarySearchFunc(order, low, func(r *record, key int64) int { return cmp.Compare(r.key(c), key) })
	if high == math.MaxInt64 {
		return order[from:]
	}
	to, _ := slices.BinarySearchFunc(order, high+1, func(r *record, key int64) int { return cmp.Compare(r.key(c), key) })
	return order[from:max(from, to)]
}

// put adds a patient, or replaces the previous version.
func (r *roster) put(person *record) {
	r.remove(person.patient.ID)
	r.people[person.patient.ID] = person
	r.highest = max(r.highest, person.id)
	r.eachOrder(person, func(c column, order []*record) []*record {
		at, _ := slices.BinarySearchFunc(order, person, func(a, b *record) int { return compare(c, a, b) })
		return slices.Insert(order, at, person)
	})
}

func (r *roster) remove(id string) {
	clear(r.found)
	person, known := r.people[id]
	if !known {
		return
	}
	delete(r.people, id)
	r.eachOrder(person, func(c column, order []*record) []*record {
		at, there := slices.BinarySearchFunc(order, person, func(a, b *record) int { return compare(c, a, b) })
		if !there {
			return order
		}
		return slices.Delete(order, at, at+1)
	})
}

func (r *roster) eachOrder(person *record, change func(column, []*record) []*record) {
	for c := range columns {
		for p := range populations {
			if r.built[c][p] && p.has(person) {
				r.orders[c][p] = change(c, r.orders[c][p])
			}
		}
	}
}

// putAll is put for many patients: unless they are few, sorting again is
// cheaper than moving each into place.
func (r *roster) putAll(people []*record) {
	const few = 64
	if len(people) > few {
		r.orders, r.built = [columns][populations][]*record{}, [columns][populations]bool{}
	}
	for _, person := range people {
		r.put(person)
	}
}

// snapshot returns copies of all patients, oldest first.
func (r *roster) snapshot() []Patient {
	order := r.order(byCreated, everyone)
	people := make([]Patient, len(order))
	for i, person := range order {
		people[i] = person.patient.clone()
	}
	return people
}
