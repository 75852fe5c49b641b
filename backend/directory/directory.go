// Package directory holds the clinic's profiles in memory while someone is
// signed in, because the store is sealed: it searches, filters, sorts and
// pages. Dropping it forgets every name.
package directory

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"telehab.io/desktop/backend/profile"
)

// Filter chooses by state.
type Filter string

// The filters. Deleted clients are in none of them.
const (
	All       Filter = "all"       // active ones, those that failed included
	Attention Filter = "attention" // those that failed
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
	ByUpdated Sort = "updated"
)

// Query asks for some rows.
type Query struct {
	Search string
	Filter Filter
	Sort   Sort
	Desc   bool
	Offset int
	Limit  int
}

// Result answers a Query.
type Result struct {
	Entries []profile.Entry
	Matched int // rows that fit filter and search
	Counts  Counts
}

// Counts says how many rows each filter holds.
type Counts struct{ All, Attention, Archived int }

// Directory is safe for concurrent use. It is a profile.Destination.
type Directory struct {
	mu     sync.RWMutex
	rows   map[string]*row
	sorted map[Sort][]*row // ascending; emptied by every change
	counts Counts
}

var _ profile.Destination = (*Directory)(nil)

// New returns an empty directory.
func New() *Directory {
	return &Directory{rows: map[string]*row{}, sorted: map[Sort][]*row{}}
}

// Apply takes over new or changed entries.
func (d *Directory) Apply(entries []profile.Entry) { d.put(entries, true) }

// Fill takes over what was stored before: entries that a pass has brought
// meanwhile are newer and stay.
func (d *Directory) Fill(entries []profile.Entry) { d.put(entries, false) }

func (d *Directory) put(entries []profile.Entry, replace bool) {
	fresh := make([]*row, len(entries))
	for i, entry := range entries {
		fresh[i] = newRow(entry)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range fresh {
		if old, ok := d.rows[r.entry.Ref]; ok {
			if !replace {
				continue
			}
			d.count(old, -1)
		}
		d.rows[r.entry.Ref] = r
		d.count(r, 1)
	}
	clear(d.sorted)
}

func (d *Directory) count(r *row, by int) {
	if r.in(All) {
		d.counts.All += by
	}
	if r.in(Attention) {
		d.counts.Attention += by
	}
	if r.in(Archived) {
		d.counts.Archived += by
	}
}

// One returns the entry with this ref.
func (d *Directory) One(ref string) (profile.Entry, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	r, ok := d.rows[ref]
	if !ok {
		return profile.Entry{}, false
	}
	return r.entry, true
}

// Failures returns all failed entries in the order of their names.
func (d *Directory) Failures() []profile.Entry {
	var failed []profile.Entry
	for _, r := range d.order(ByName) {
		if r.in(Attention) {
			failed = append(failed, r.entry)
		}
	}
	return failed
}

// SharingEmail counts the other active clients with the same email.
func (d *Directory) SharingEmail(e *profile.Entry) int {
	if e.Profile.Email == "" {
		return 0
	}
	email, others := fold(e.Profile.Email), 0
	d.mu.RLock()
	defer d.mu.RUnlock()
	for ref, r := range d.rows {
		if ref != e.Ref && r.email == email && r.in(All) {
			others++
		}
	}
	return others
}

// Find answers a query.
func (d *Directory) Find(q Query) Result {
	rows := d.order(q.Sort)
	terms := parseTerms(q.Search)
	var result Result
	take := func(r *row) {
		if !r.in(q.Filter) || !terms.match(r) {
			return
		}
		if result.Matched >= q.Offset && len(result.Entries) < q.Limit {
			result.Entries = append(result.Entries, r.entry)
		}
		result.Matched++
	}
	if q.Desc {
		// Rows without a value stay last, so only those with one turn round.
		empty := slices.IndexFunc(rows, func(r *row) bool { return r.key(q.Sort) == "" })
		if empty < 0 {
			empty = len(rows)
		}
		for _, r := range slices.Backward(rows[:empty]) {
			take(r)
		}
		rows = rows[empty:]
	}
	for _, r := range rows {
		take(r)
	}
	d.mu.RLock()
	result.Counts = d.counts
	d.mu.RUnlock()
	return result
}

// order returns all rows in ascending order. The slice is never changed.
func (d *Directory) order(by Sort) []*row {
	d.mu.RLock()
	rows, ok := d.sorted[by]
	d.mu.RUnlock()
	if ok {
		return rows
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if rows, ok := d.sorted[by]; ok {
		return rows
	}
	rows = make([]*row, 0, len(d.rows))
	for _, r := range d.rows {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *row) int {
		ka, kb := a.key(by), b.key(by)
		if (ka == "") != (kb == "") {
			if ka == "" {
				return 1
			}
			return -1
		}
		return cmp.Or(strings.Compare(ka, kb), strings.Compare(a.name, b.name), strings.Compare(a.entry.Ref, b.entry.Ref))
	})
	d.sorted[by] = rows
	return rows
}
