package syncer

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// readers is how many requests a full pass has under way at most. Cliniko's
// limit allows 3.3 a second, which two would use up at its usual speed.
const readers = 4

// Full reads every patient, archived ones included. A full pass that was cut
// off goes on.
//
// Errors: SyncRunning, Gone, and those of Source and Store.
func (e *Engine) Full(ctx context.Context, report Report) (profile.Pass, error) {
	return e.alone(profile.FullPass, func() (profile.Pass, error) {
		return e.full(ctx, newMeter(report, e.now))
	})
}

func (e *Engine) full(ctx context.Context, m *meter) (profile.Pass, error) {
	sent := e.source.Requests()
	m.phase(Storing, 0, 0)
	plan, err := e.plan(ctx)
	if err != nil {
		return profile.Pass{Kind: profile.FullPass, Err: profile.CodeOf(err)}, err
	}
	pass, parts, err := e.store.Begin(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: plan.started}, plan.parts)
	if err != nil {
		return pass, err
	}
	if !pass.StartedAt.Equal(plan.started) {
		plan.first = nil // an earlier pass goes on with its own parts
	}
	before, err := e.store.Counts(ctx, pass.ID)
	if err != nil {
		return pass, err
	}
	m.phase(Storing, before.Read, plan.total)
	err = e.pipe(ctx, func(ctx context.Context, out chan<- profile.Batch) error {
		return e.readParts(ctx, parts, plan.first, out)
	}, func(b profile.Batch) error {
		b.PassID = pass.ID
		if err := e.save(ctx, b); err != nil {
			return err
		}
		m.add(len(b.Entries))
		return nil
	})
	return e.finish(ctx, pass, err, sent, m)
}

// plan is how a full pass is cut into parts that can be read at once.
type plan struct {
	started time.Time // by Cliniko's clock
	total   int
	parts   []profile.Slice
	first   map[int]step // the first page of each part, read while planning
}

// plan reads the first page, and one page at each quarter of the list to learn
// which time lies there. The parts meet in a shared second, so that nobody who
// stands on a border is missed.
func (e *Engine) plan(ctx context.Context) (*plan, error) {
	start, err := e.source.Patients(ctx, profile.Query{})
	if err != nil {
		return nil, err
	}
	e.learnTime(start.Date)
	p := &plan{started: start.Date, total: start.Total, first: map[int]step{}}
	if p.started.IsZero() {
		p.started = e.clinicTime().Truncate(time.Second)
	}
	pages := (start.Total + profile.PageSize - 1) / profile.PageSize
	probes := make([]profile.Page, readers)
	probes[0] = start
	if pages >= 2*readers {
		group, ctx := errgroup.WithContext(ctx)
		for i := 1; i < readers; i++ {
			group.Go(func() (err error) {
				probes[i], err = e.source.Patients(ctx, profile.Query{Number: 1 + pages*i/readers})
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	return p, p.cut(probes)
}

// cut makes a part of each probe that lies after the one before.
func (p *plan) cut(probes []profile.Page) error {
	w := walk{order: profile.ByCreation}
	for i, probe := range probes {
		lower := firstCreated(probe.Records)
		if i > 0 {
			last := &p.parts[len(p.parts)-1]
			if !lower.After(last.Position) || !lower.After(last.Lower) {
				continue
			}
			last.Upper = lower.Add(time.Second)
		} else {
			lower = time.Time{}
		}
		part := profile.Slice{N: len(p.parts), Lower: lower, Position: lower}
		next, done, err := w.follow(probe, lower)
		if err != nil {
			return err
		}
		part.Position = lower
		p.parts = append(p.parts, part)
		p.first[part.N] = step{records: probe.Records, position: next, done: done && i == 0}
	}
	return nil
}

// firstCreated returns the first time of a page, or zero if it has none.
func firstCreated(records []profile.Record) time.Time {
	for i := range records {
		if records[i].Err == nil {
			return records[i].Patient.CreatedAt.Truncate(time.Second)
		}
	}
	return time.Time{}
}

// pipe reads and stores at the same time: decoding and judging go on in the
// readers while the one writer stores what came before.
func (e *Engine) pipe(ctx context.Context, read func(context.Context, chan<- profile.Batch) error, write func(profile.Batch) error) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan profile.Batch, 2*readers)
	group.Go(func() error {
		defer close(batches)
		return read(ctx, batches)
	})
	group.Go(func() error {
		for batch := range batches {
			if err := write(batch); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// readParts walks all parts at once and sends what they find. first has pages
// that were read before.
func (e *Engine) readParts(ctx context.Context, parts []profile.Slice, first map[int]step, out chan<- profile.Batch) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		if part.Done {
			continue
		}
		group.Go(func() error {
			w := walk{source: e.source, order: profile.ByCreation, until: part.Upper}
			emit := func(s step) error {
				e.learnTime(s.date)
				progress := part
				progress.Position, progress.Done = s.position, s.done
				return send(ctx, out, profile.Batch{Entries: e.judge(s.records), Slice: &progress})
			}
			position := part.Position
			if known, ok := first[part.N]; ok {
				if err := emit(known); err != nil || known.done {
					return err
				}
				position = known.position
			}
			return w.run(ctx, position, emit)
		})
	}
	return group.Wait()
}

func send(ctx context.Context, out chan<- profile.Batch, b profile.Batch) error {
	select {
	case out <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish checks a full pass that has read all its parts and closes it. err is
// what stopped it before that, or nil.
func (e *Engine) finish(ctx context.Context, pass profile.Pass, err error, sent int, m *meter) (profile.Pass, error) {
	if err == nil {
		m.phase(Checking, 0, 0)
		pass, err = e.verify(ctx, pass)
	}
	return e.end(ctx, pass, err, sent, profile.Cursors{
		Changed: pass.StartedAt, Archived: pass.StartedAt,
		ActiveInCliniko: pass.Total - pass.Counts.Archived, CountedAt: e.clinicTime(),
	})
}

// end closes a pass with its numbers. A program that ends leaves the pass as a
// kill would.
func (e *Engine) end(ctx context.Context, pass profile.Pass, err error, sent int, cursors profile.Cursors) (profile.Pass, error) {
	if errors.Is(context.Cause(ctx), ErrClosing) {
		return pass, context.Cause(ctx)
	}
	ctx = context.WithoutCancel(ctx)
	counts, countErr := e.store.Counts(ctx, pass.ID)
	if err == nil {
		err = countErr
	}
	pass.Counts, pass.Err = counts, profile.CodeOf(err)
	pass.EndedAt, pass.Requests = e.clinicTime(), e.source.Requests()-sent
	if endErr := e.store.End(ctx, pass, cursors); err == nil {
		err = endErr
	}
	return pass, err
}
