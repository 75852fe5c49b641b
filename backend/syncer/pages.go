package syncer

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// readers is the most requests that a full pass has in flight. Cliniko's limit
// allows 3.3 a second, which two would use up at its usual speed.
const readers = 4

// pages is Cliniko's list as a full pass reads it.
type pages struct {
	started time.Time     // by Cliniko's clock: the Date of the first page
	took    time.Duration // that the first page took at most: it was read that long before its Date
	doubted bool          // the clocks disagreed at that moment
	total   int           // of patients at the start, as Cliniko counts them
	first   profile.Page
	still   bool    // every page reported the same total
	above   []count // the totals that were greater than that of the first page
	// tail is when the last patient of a last page that is full was created: if
	// the count was too low, there are more. Otherwise it is zero.
	tail time.Time
}

// firstPage reads the first page, which tells how many patients there are.
func (e *Engine) firstPage(ctx context.Context) (*pages, error) {
	if err := e.clock.load(ctx); err != nil {
		return nil, err
	}
	first, counted, err := e.counting(ctx, profile.Query{})
	if err != nil {
		return nil, err
	}
	return &pages{started: counted.at, took: counted.took, doubted: e.clock.doubts(), total: counted.total, first: first, still: true}, nil
}

// recorded returns the page number under which a page is recorded as stored, or
// 0 for one that a resumed pass has to read again: what changed since a time
// that is doubted cannot be asked for.
func (p *pages) recorded(n int) int {
	if p.doubted {
		return 0
	}
	return n
}

// readPages reads all pages that are not stored yet. It calls emit for each of
// them, in the goroutine that read it.
//
// The count says which pages there are, but it may be wrong. So the last of them
// is read before those between, and what was read decides: where that page does
// not exist, the list is read without page numbers.
func (e *Engine) readPages(ctx context.Context, list *pages, stored map[int]bool, emit func(context.Context, profile.Batch) error) error {
	r := &pageReader{engine: e, list: list, stored: stored, emit: emit}
	if err := r.take(ctx, 1, list.first); err != nil {
		return err
	}
	if !isFull(list.first) {
		if list.total > len(list.first.Records) {
			return r.readInOrder(ctx)
		}
		return nil
	}
	last, end := max(1, (list.total+profile.PageSize-1)/profile.PageSize), &list.first
	if last > 1 {
		var err error
		if end, err = r.read(ctx, last); err != nil {
			return err
		}
		if end != nil && len(end.Records) == 0 {
			return r.readInOrder(ctx)
		}
	}
	if err := r.readBetween(ctx, last); err != nil {
		return err
	}
	switch {
	case end != nil && !isFull(*end), end == nil && list.total < last*profile.PageSize:
		return nil
	case end != nil && list.total == last*profile.PageSize:
		list.tail = newest(*end)
	}
	if !list.tail.IsZero() {
		return nil
	}
	return r.readBeyond(ctx, last)
}

// newest returns when the newest patient of the page was created, or the zero
// time if none could be read.
func newest(page profile.Page) time.Time {
	var t time.Time
	for i := range page.Records {
		if created := page.Records[i].Patient.CreatedAt; created.After(t) {
			t = created
		}
	}
	return t
}

func isFull(page profile.Page) bool { return len(page.Records) >= profile.PageSize }

type pageReader struct {
	engine *Engine
	stored map[int]bool
	emit   func(context.Context, profile.Batch) error
	mu     sync.Mutex
	list   *pages
}

// read reads one page, unless it is stored: then it returns nil.
func (r *pageReader) read(ctx context.Context, number int) (*profile.Page, error) {
	if r.stored[number] {
		return nil, nil
	}
	page, err := r.engine.source.Patients(ctx, profile.Query{Number: number})
	switch profile.CodeOf(err) {
	case "":
		return &page, r.take(ctx, number, page)
	case profile.NotFound, profile.ClinicRejected:
		return &profile.Page{}, nil // there is no such page
	}
	return nil, err
}

func (r *pageReader) take(ctx context.Context, number int, page profile.Page) error {
	at, err := r.engine.clock.observe(ctx, page.Date)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.list.still = r.list.still && page.Total == r.list.total
	if page.Total > r.list.total {
		r.list.above = append(r.list.above, count{total: page.Total, at: at})
	}
	r.mu.Unlock()
	entries, err := r.engine.judge(ctx, page)
	if err != nil {
		return err
	}
	// The first page is read and stored again by a pass that resumes: somebody
	// may have moved to it from the next one.
	return r.emit(ctx, profile.Batch{Entries: entries, Page: r.list.recorded(number), Total: page.Total})
}

// readBetween reads the pages after the first and before the last one.
func (r *pageReader) readBetween(ctx context.Context, last int) error {
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for number := 2; number < last && reading.Err() == nil; number++ {
		group.Go(func() error {
			_, err := r.read(reading, number)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err() // which may have ended the loop
}

// readBeyond reads the pages after the one that should be the last, until one
// is not full or repeats the one before.
func (r *pageReader) readBeyond(ctx context.Context, last int) error {
	before := map[string]bool{}
	for number := last + 1; number <= profile.MaxPatients/profile.PageSize; number++ {
		page, err := r.read(ctx, number)
		if err != nil || page != nil && (!isFull(*page) || !remember(before, *page)) {
			return err
		}
	}
	return nil
}

// readInOrder reads all patients without page numbers.
func (r *pageReader) readInOrder(ctx context.Context) error {
	r.list.still = false
	w := r.engine.newWalk(profile.ByCreation, func(page profile.Page) error {
		entries, err := r.engine.judge(ctx, page)
		if err != nil {
			return err
		}
		return r.emit(ctx, profile.Batch{Entries: entries})
	})
	return w.run(ctx, time.Time{})
}

// remember replaces known with the records of the page, and reports whether any
// of them was not in it.
func remember(known map[string]bool, page profile.Page) (isNew bool) {
	refs := make([]string, len(page.Records))
	for i := range page.Records {
		refs[i] = page.Records[i].Ref
		isNew = isNew || !known[refs[i]]
	}
	clear(known)
	for _, ref := range refs {
		known[ref] = true
	}
	return isNew
}
