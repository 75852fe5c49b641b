package fakeclinic

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPerPage = 50
	maximumPerPage = 100
)

// listing is a request for one page of patients.
type listing struct {
	page, perPage int
	population    population
	conditions    []condition
	order         []sortKey
	// words identify everything but the page, for the roster's cache of
	// results.
	words string
}

type sortKey struct {
	name       string
	column     column
	descending bool
}

// sortable are the columns that lists can be sorted by. Cliniko does not
// document them; these are the filterable ones.
var sortable = filterable

// parseListing parses a query string. ignoring names the parts that a fault
// makes the server ignore.
func parseListing(query url.Values, ignoring Kind) (listing, error) {
	l := listing{order: []sortKey{{name: "created_at", column: byCreated}}}
	var err error
	if l.page, err = positive(query, "page", 1); err != nil {
		return l, err
	}
	if l.perPage, err = positive(query, "per_page", defaultPerPage); err != nil {
		return l, err
	}
	l.perPage = min(l.perPage, maximumPerPage)
	if l.order, err = parseOrder(query); err != nil {
		return l, err
	}
	if ignoring == IgnoreSort {
		l.order = []sortKey{{name: "created_at", column: byCreated}}
	}
	err = l.parseFilters(query["q[]"], ignoring)
	return l, err
}

func positive(query url.Values, name string, absent int) (int, error) {
	if !query.Has(name) {
		return absent, nil
	}
	number, err := strconv.Atoi(query.Get(name))
	if err != nil || number < 1 {
		return 0, badRequest(name + " must be a positive number")
	}
	return number, nil
}

func parseOrder(query url.Values) ([]sortKey, error) {
	descending := query.Get("order") == "desc"
	columns := query.Get("sort")
	if columns == "" {
		columns = "created_at"
	}
	var order []sortKey
	for part := range strings.SplitSeq(columns, ",") {
		name, direction, directed := strings.Cut(part, ":")
		about, known := sortable[name]
		if !known || directed && direction != "asc" && direction != "desc" {
			return nil, badRequest(fmt.Sprintf("Can't sort by %s", part))
		}
		key := sortKey{name: name, column: noColumn, descending: descending}
		if about.kind == identity || about.kind == dateTime {
			key.column = about.column
		}
		if directed {
			key.descending = direction == "desc"
		}
		order = append(order, key)
	}
	return order, nil
}

func (l *listing) parseFilters(filters []string, ignoring Kind) error {
	l.population = active
	for _, text := range filters {
		f, err := parseFilter(text)
		if err != nil {
			return err
		}
		c, err := f.condition()
		if err != nil {
			return err
		}
		if ignoring == IgnoreIDFilter && f.name == "id" {
			continue
		}
		if f.name == "archived_at" && l.population == active {
			l.population = everyone
		}
		if f.name == "archived_at" && f.operator != "*" && f.operator != "!?" {
			l.population = archived
		}
		if f.operator != "*" {
			l.conditions = append(l.conditions, c)
		}
		l.words += text + "\n"
	}
	l.words += fmt.Sprint(l.population, l.order)
	return nil
}

// find returns all patients of a listing, in its order, or in reverse if
// backwards. The result is valid until the next change.
func (r *roster) find(l listing) (people []*record, backwards bool) {
	first := l.order[0]
	simple := len(l.order) == 1 && first.column != noColumn
	base := byCreated
	if simple {
		base = first.column
	}
	inOrder := r.order(base, l.population)
	var rest []condition
	for _, c := range l.conditions {
		if c.column == base {
			inOrder = between(inOrder, base, c.low, c.high)
		} else {
			rest = append(rest, c)
		}
	}
	if simple && len(rest) == 0 {
		return inOrder, first.descending
	}
	if kept, known := r.found[l.words]; known {
		return kept, false
	}
	candidates, sorted := r.narrowest(l, rest, inOrder)
	people = make([]*record, 0, min(len(candidates), 1024))
	for _, person := range candidates {
		if l.population.has(person) && matchesAll(l.conditions, person) {
			people = append(people, person)
		}
	}
	switch {
	case !simple || !sorted:
		slices.SortFunc(people, l.compare)
	case first.descending:
		slices.Reverse(people)
	}
	if len(r.found) >= foundKept {
		clear(r.found)
	}
	r.found[l.words] = people
	return people, false
}

// narrowest returns the patients that have to be checked: those in order,
// unless another condition leaves so few that sorting them afterwards is
// cheaper.
func (r *roster) narrowest(l listing, rest []condition, inOrder []*record) (candidates []*record, sorted bool) {
	const cheaper = 8
	candidates, sorted = inOrder, true
	limit := len(inOrder) / cheaper
	for _, c := range rest {
		var some []*record
		switch {
		case c.column != noColumn:
			some = between(r.order(c.column, l.population), c.column, c.low, c.high)
		case c.ids != nil:
			some = r.byIDs(c.ids)
		default:
			continue
		}
		if len(some) < limit || c.ids != nil && len(some) < len(candidates) {
			candidates, sorted, limit = some, false, len(some)
		}
	}
	return candidates, sorted
}

func (r *roster) byIDs(ids []string) []*record {
	people := make([]*record, 0, len(ids))
	for i, id := range ids {
		if person, known := r.people[id]; known && !slices.Contains(ids[:i], id) {
			people = append(people, person)
		}
	}
	return people
}

func matchesAll(conditions []condition, person *record) bool {
	for _, c := range conditions {
		if !c.matches(person) {
			return false
		}
	}
	return true
}

// compare orders two patients by every sort column, then by id in the direction
// of the last one. A null is greater than any text, as in Cliniko's database.
func (l listing) compare(a, b *record) int {
	for _, key := range l.order {
		if result := key.compare(a, b); result != 0 {
			return result
		}
	}
	if l.order[len(l.order)-1].descending {
		return cmp.Compare(b.id, a.id)
	}
	return cmp.Compare(a.id, b.id)
}

func (k sortKey) compare(a, b *record) int {
	if k.descending {
		a, b = b, a
	}
	if k.column != noColumn {
		return cmp.Compare(a.key(k.column), b.key(k.column))
	}
	text := sortable[k.name].text
	if text == nil {
		return 0
	}
	one, other := text(&a.patient), text(&b.patient)
	if one == nil || other == nil {
		return boolToInt(one == nil) - boolToInt(other == nil)
	}
	return strings.Compare(*one, *other)
}

func boolToInt(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// pageOf returns one page of a result.
func (l listing) pageOf(people []*record, backwards bool) []*record {
	from := min(max(0, (l.page-1)*l.perPage), len(people))
	to := min(from+l.perPage, len(people))
	if l.page > len(people)/l.perPage+1 {
		from, to = len(people), len(people)
	}
	if !backwards {
		return people[from:to]
	}
	page := slices.Clone(people[len(people)-to : len(people)-from])
	slices.Reverse(page)
	return page
}
