// Package directory keeps the clinic's profiles in memory while someone is
// signed in, because the store is sealed: it searches, filters, sorts and pages
// them. Dropping the directory drops every name.
package directory

import (
	"math"
	"slices"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Filter selects profiles by state.
type Filter string

// The filters. Deleted clients are in none of them.
const (
	All       Filter = "all"       // active ones, including those that need attention
	Attention Filter = "attention" // those that need attention
	Archived  Filter = "archived"  // archived and merged
)

// Sort is a column to sort by. Equal rows are in the order of their names, and
// rows without a value come last in both directions.
type Sort string

// The columns.
const (
	ByName    Sort = "name"
	ByBorn    Sort = "born"
	BySex     Sort = "sex"
	ByEmail   Sort = "email"
	ByPhone   Sort = "phone" // by the digits of the displayed number
	ByUpdated Sort = "updated"
	ByReason  Sort = "reason" // what is wrong, as one sentence
	BySince   Sort = "since"  // the time since which the profile needs attention
)

// ByMatch is by name, with those first of whom more than the email has what is
// searched for: a mother's email finds her children as well.
const ByMatch Sort = "match"

// Query selects rows.
type Query struct {
	Search string
	Filter Filter
	Narrow Narrow
	Sort   Sort
	Desc   bool
	Offset int
	Limit  int
	Now    time.Time // for Counts.Week and Counts.Month
}

// Result is the answer to a Query.
type Result struct {
	Entries []profile.Entry
	Matched int // rows that match the whole query
	Counts  Counts
}

// Directory is safe for concurrent use. It is a profile.Destination.
type Directory struct {
	mu      sync.RWMutex
	country string           // of the clinic: see InCountry
	places  map[string]int32 // of rows, by ref
	rows    []*row           // by place; nil where Forget removed one
	free    []int32          // places without a row
	// forgotten are those whom Forget has removed: Fill may still have them, as
	// they were when it read the store.
	forgotten map[string]bool
	member    map[Filter]bits    // which places are in which filter
	lacks     [traits]bits       // by trait, which places lack it
	wrong     [len(Reasons)]bits // by reason, which places need attention for it
	edited    []int64            // by place: updated_at in Unix seconds; 0 if unknown
	texts     []text             // the searched texts, for blockRows places each
	orders    map[Sort]*order    // those that were needed so far
}

var _ profile.Destination = (*Directory)(nil)

// New returns an empty directory.
func New() *Directory {
	return &Directory{
		places: map[string]int32{}, forgotten: map[string]bool{}, orders: map[Sort]*order{},
		member: map[Filter]bits{All: {}, Attention: {}, Archived: {}},
	}
}

// InCountry sets the clinic's country, by its ISO 3166 code, so that phone
// numbers are found in every form in use there. Any other text means unknown.
func (d *Directory) InCountry(code string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.country = validCountry(code)
}

// Apply adds or replaces entries.
func (d *Directory) Apply(entries []profile.Entry) { d.put(entries, true) }

// Fill adds entries from the store. Entries that Apply has added meanwhile are
// newer and stay; those that Forget has removed meanwhile are not added.
func (d *Directory) Fill(entries []profile.Entry) { d.put(entries, false) }

func (d *Directory) put(entries []profile.Entry, replace bool) {
	fresh := make([]*row, len(entries))
	for i := range entries {
		fresh[i] = newRow(&entries[i])
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range fresh {
		place, known := d.places[r.entry.Ref]
		switch {
		case replace:
			delete(d.forgotten, r.entry.Ref)
		case known || d.forgotten[r.entry.Ref]:
			continue
		}
		if !known {
			place = d.newPlace()
			d.places[r.entry.Ref] = place
		}
		d.set(place, r)
	}
}

// Forget removes entries that were erased from the store.
func (d *Directory) Forget(refs []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ref := range refs {
		d.forgotten[ref] = true
		if place, known := d.places[ref]; known {
			delete(d.places, ref)
			d.free = append(d.free, place)
			d.set(place, nil)
		}
	}
}

func (d *Directory) newPlace() int32 {
	if last := len(d.free) - 1; last >= 0 {
		place := d.free[last]
		d.free = d.free[:last]
		return place
	}
	if len(d.rows)%blockRows == 0 {
		d.texts = append(d.texts, text{})
		for filter := range d.member {
			d.member[filter] = append(d.member[filter], make(bits, blockWords)...)
		}
		for lack := range d.lacks {
			d.lacks[lack] = append(d.lacks[lack], make(bits, blockWords)...)
		}
		for reason := range d.wrong {
			d.wrong[reason] = append(d.wrong[reason], make(bits, blockWords)...)
		}
	}
	d.rows, d.edited = append(d.rows, nil), append(d.edited, 0)
	return int32(len(d.rows) - 1) // #nosec G115 -- a clinic has far fewer patients
}

// set puts a row, or nil, into its place, and marks what the next query has to
// update.
func (d *Directory) set(place int32, r *row) {
	d.rows[place] = r
	for filter, members := range d.member {
		members.set(place, r != nil && r.in(filter))
	}
	d.indexTraits(place, r)
	d.texts[place/blockRows].stale = true
	for by, o := range d.orders {
		if o.moved = append(o.moved, place); len(o.moved) > len(d.rows) {
			delete(d.orders, by) // not used for long; sorting all of it is cheaper
		}
	}
}

// One returns the entry with this ref.
func (d *Directory) One(ref string) (profile.Entry, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	place, ok := d.places[ref]
	if !ok {
		return profile.Entry{}, false
	}
	return d.rows[place].entry, true
}

// Everybody returns the entries of all rows that match the query, wherever it
// begins and however many it asks for.
func (d *Directory) Everybody(q Query) []profile.Entry {
	q.Offset, q.Limit = 0, math.MaxInt
	return d.Find(q).Entries
}

// Find answers a query.
func (d *Directory) Find(q Query) Result {
	sorted := d.settle(q.Sort)
	defer d.mu.RUnlock()
	ts := parseTerms(q.Search, d.country)
	found := d.search(ts, d.narrowed(&q))
	result := Result{Matched: found.count(), Counts: d.counts(&q)}
	take := min(q.Limit, result.Matched-q.Offset)
	if take <= 0 {
		return result
	}
	result.Entries = make([]profile.Entry, 0, take)
	offset := q.Offset
	for _, group := range d.ranked(q.Sort, ts, found) {
		count := group.count()
		for place := range sorted.page(q.Desc, group, offset, min(take-len(result.Entries), max(count-offset, 0))) {
			result.Entries = append(result.Entries, d.rows[place].entry)
		}
		offset = max(offset-count, 0)
	}
	return result
}

// ranked returns the rows that were found, in the groups that come one after the
// other. The caller holds the lock.
func (d *Directory) ranked(by Sort, ts terms, found bits) []bits {
	if by != ByMatch {
		return []bits{found}
	}
	for i := range ts {
		ts[i].email, ts[i].letter = nil, 0 // a letter alone may be one anywhere in the email
	}
	better := d.search(ts, slices.Clone(found))
	found.andNot(better)
	return []bits{better, found}
}

// matching returns the rows that match the whole query. The caller holds the
// lock.
func (d *Directory) matching(q *Query) bits {
	return d.search(parseTerms(q.Search, d.country), d.narrowed(q))
}

// narrowed returns the rows that match all but the search. The caller holds the
// lock.
func (d *Directory) narrowed(q *Query) bits { return d.narrow(d.members(q.Filter), q.Narrow) }

func (d *Directory) members(f Filter) bits {
	if members, known := d.member[f]; known {
		return members
	}
	return d.member[All]
}

// settle applies pending changes to the texts and to this order. It returns
// with the lock held for reading.
func (d *Directory) settle(by Sort) *order {
	if by == ByMatch {
		by = ByName
	}
	for {
		d.mu.RLock()
		if o, ok := d.orders[by]; ok && len(o.moved) == 0 && !d.textsStale() {
			return o
		}
		d.mu.RUnlock()
		d.mu.Lock()
		d.renewTexts()
		if d.orders[by] == nil {
			d.orders[by] = &order{by: by}
		}
		d.orders[by].settle(d.rows)
		d.mu.Unlock()
	}
}
