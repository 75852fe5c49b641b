package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

const (
	// overlap is how far a changes pass looks back before its cursor, for changes
	// that Cliniko showed later than their time says.
	overlap = 10 * time.Minute
	// countEvery is how often Cliniko's count is compared though nothing changed.
	countEvery = 24 * time.Hour
	// fullEvery is how often everybody is read again: that a patient was deleted
	// and another one brought back from the archive leaves the count as it was.
	fullEvery = 7 * 24 * time.Hour
	// askAgain is how long a person's decision about a mass disappearance is
	// waited for before everybody is read again.
	askAgain = 24 * time.Hour
)

// Changes asks for what is new, changed or archived since the last pass, and
// reads again what could not be read. Then it compares Cliniko's count with what
// is kept, if anything changed or a day has passed; where they differ, a full
// pass follows, which is then the one returned.
//
// Where nothing is new it costs two requests, however many profiles need
// attention: an edit in Cliniko moves the time of change.
//
// Before the first full pass has ended well, where one was cut off, and a week
// after the last one, it is a full pass.
//
// Errors: as Full.
func (e *Engine) Changes(ctx context.Context, report Report) (profile.Pass, error) {
	return e.alone("by itself", func() (profile.Pass, error) { return e.bringChanges(ctx, false, report) })
}

// Sync is Changes for a person who asked for it: it compares the count in any
// case, so that a client who was brought back from the archive shows at once,
// and reads all records again that could not be read. It costs a request more.
//
// Errors: as Full.
func (e *Engine) Sync(ctx context.Context, report Report) (profile.Pass, error) {
	return e.alone("asked", func() (profile.Pass, error) { return e.bringChanges(ctx, true, report) })
}

func (e *Engine) bringChanges(ctx context.Context, asked bool, report Report) (profile.Pass, error) {
	m := newMeter(report, e.now)
	since, err := e.store.Passes.Cursors(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	last, err := e.store.Passes.LastFull(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	if err := e.clock.recall(ctx); err != nil {
		return profile.Pass{}, err
	}
	cutOff := last.ID != 0 && last.EndedAt.IsZero()
	if since.Changed.IsZero() || cutOff && last.Err != profile.Cancelled { // else somebody did not want it now
		return e.full(ctx, m)
	}
	pass, differs, err := e.changes(ctx, since, asked, m)
	switch {
	case err != nil:
		return pass, err
	case !cutOff && e.fullIsDue(since, last):
		return e.full(ctx, m)
	case !differs || !asked && e.deciding(last):
		return pass, nil
	}
	return e.repair(ctx, m)
}

// fullIsDue says that everybody is to be read again because of the time that has
// passed. It is asked once Cliniko has answered, and so goes by its clock.
func (e *Engine) fullIsDue(since profile.Cursors, last profile.Pass) bool {
	if last.Err == profile.Gone && !e.deciding(last) || since.Changed.After(e.clock.time().Add(dateSlack)) {
		return true // somebody has thought for long enough, or the cursor came from a clock that was wrong
	}
	newest := since.FullAt
	if last.StartedAt.After(newest) {
		newest = last.StartedAt
	}
	return passed(newest, e.clock.time(), fullEvery)
}

// deciding says that a person was asked about a mass disappearance and may still
// think about it.
func (e *Engine) deciding(last profile.Pass) bool {
	return last.Err == profile.Gone && !passed(last.StartedAt, e.clock.time(), askAgain)
}

// repair is a full pass because the counts differ. Where they still do, nobody
// is missing, and the difference is no reason for another one.
func (e *Engine) repair(ctx context.Context, m *meter) (profile.Pass, error) {
	e.notice(CountDiffers)
	pass, err := e.full(ctx, m)
	if err != nil {
		return pass, err
	}
	since, err := e.store.Passes.Cursors(ctx)
	if err != nil {
		return pass, err
	}
	drift, err := e.count(ctx, &since)
	if err != nil || drift == since.Drift {
		return pass, err
	}
	if drift != 0 {
		e.notice(CountUnexplained)
	}
	since.Drift = drift
	return pass, e.store.Passes.SetCursors(ctx, since)
}

// count asks how many active patients Cliniko has, and returns by how much that
// differs from what is kept, less those of whom a person knows that they are
// missing.
func (e *Engine) count(ctx context.Context, into *profile.Cursors) (drift int, err error) {
	page, err := e.source.Patients(ctx, profile.Query{ActiveOnly: true, Size: 1})
	if err != nil {
		return 0, err
	}
	tally, err := e.store.Entries.Tally(ctx)
	into.ActiveInCliniko, into.CountedAt = page.Total, e.clock.unchecked()
	return page.Total - (tally.Active - tally.Missing), err
}

func (e *Engine) changes(ctx context.Context, since profile.Cursors, asked bool, m *meter) (pass profile.Pass, differs bool, err error) {
	sent := e.source.Requests()
	m.phase(Changes, 0, 0)
	pass, _, err = e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.ChangesPass, StartedAt: e.clock.time()})
	if err != nil {
		return pass, false, err
	}
	s := &sweep{engine: e, passID: pass.ID, asked: asked, meter: m, met: map[string]bool{}}
	next, differs, err := s.run(ctx, since)
	if !s.started.IsZero() {
		pass.StartedAt = s.started
	}
	pass, err = e.end(ctx, pass, err, sent, func(profile.Counts) profile.Cursors { return next })
	return pass, differs, err
}

// sweep is one changes pass.
type sweep struct {
	engine  *Engine
	passID  int64
	asked   bool // a person did
	meter   *meter
	started time.Time // Cliniko's clock at its first answer
	met     map[string]bool
	changed int
	readAll bool // everybody was read
}

func (s *sweep) run(ctx context.Context, since profile.Cursors) (next profile.Cursors, differs bool, err error) {
	if err := s.both(ctx, since); err != nil {
		return since, false, err
	}
	next = since
	if !s.started.IsZero() {
		next.Changed, next.Archived = s.started, s.started
	}
	if err := s.again(ctx, &next); err != nil {
		return since, false, err
	}
	if s.changed == 0 && !s.asked && !passed(since.CountedAt, s.engine.clock.unchecked(), countEvery) {
		return next, false, nil
	}
	drift, err := s.engine.count(ctx, &next)
	if err != nil || drift == since.Drift {
		return next, false, err
	}
	// Perhaps somebody was made or archived just before the count.
	if err := s.both(ctx, next); err != nil {
		return since, false, err
	}
	drift, err = s.engine.count(ctx, &next)
	return next, drift != since.Drift, err
}

// both reads what changed, and what was archived: archiving and merging may
// leave the time of change alone.
func (s *sweep) both(ctx context.Context, since profile.Cursors) error {
	if err := s.walk(ctx, profile.ByChange, since.Changed); err != nil {
		return err
	}
	return s.walk(ctx, profile.ByArchival, since.Archived)
}

// walk reads everybody whose time lies after the cursor less the overlap. Where
// Cliniko does not keep the order, everybody is read.
func (s *sweep) walk(ctx context.Context, order profile.Order, cursor time.Time) error {
	if s.readAll {
		return nil
	}
	w := s.engine.walk(order, func(page profile.Page) error { return s.take(ctx, page) })
	err := w.run(ctx, cursor.Add(-overlap).Truncate(time.Second))
	if !errors.Is(err, errOrder) {
		return err
	}
	s.engine.notice(OrderIgnored)
	s.readAll = true
	all := s.engine.walk(profile.ByCreation, w.emit)
	return all.run(ctx, time.Time{})
}

func (s *sweep) take(ctx context.Context, page profile.Page) error {
	if s.started.IsZero() && !page.Date.IsZero() {
		var err error
		if s.started, err = s.engine.clock.answered(ctx, page.Date); err != nil {
			return err
		}
	}
	for i := range page.Records {
		s.met[page.Records[i].Ref] = true
	}
	n, err := s.engine.keep(ctx, s.passID, page)
	s.changed += n
	s.meter.add(len(page.Records))
	return err
}

// again judges everybody by what is kept, if the day or the program is another
// one than the last time, and reads those whom that leaves unclear, and records
// that could not be read, where they were not met.
func (s *sweep) again(ctx context.Context, next *profile.Cursors) error {
	unreadable, err := s.engine.store.Reviews.Unreadable(ctx)
	if err != nil {
		return err
	}
	unreadable = slices.DeleteFunc(unreadable, func(id profile.ID) bool { return s.met[string(id)] })
	if !s.asked {
		// Should Cliniko's answers change so that nobody can be read, the passes
		// that run by themselves do not ask for everybody every time.
		unreadable = unreadable[:min(len(unreadable), profile.PageSize)]
	}
	unclear, err := s.engine.judgeAgain(ctx, s.passID, next)
	if err != nil {
		return err
	}
	n, err := s.engine.readAgain(ctx, s.passID, append(unreadable, unclear...))
	s.changed += n
	return err
}

// judgeAgain applies the rule to what is kept. It returns of whom too little is
// kept.
func (e *Engine) judgeAgain(ctx context.Context, passID int64, next *profile.Cursors) (unclear []profile.ID, err error) {
	now := e.clock.time()
	// The day as a number: a date in clear could be taken for somebody's birth.
	today := profile.Today(now)
	day := time.Date(today.Year, today.Month, today.Day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
	judged := fmt.Sprint(day, " ", e.version)
	if next.Judged == judged {
		return nil, nil
	}
	changed, unclear, err := e.store.Reviews.CheckAgain(ctx, passID, func(p *profile.Profile, known *profile.Failure) (profile.Profile, *profile.Failure) {
		return profile.CheckAgain(p, known, now)
	})
	e.tell(changed)
	next.Judged = judged
	return unclear, err
}
