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
	// overlap is how far before its cursor a changes pass begins, for changes
	// that became visible in Cliniko later than their time says.
	overlap = 10 * time.Minute
	// countEvery is how often Cliniko's count is compared even if nothing
	// changed.
	countEvery = 24 * time.Hour
	// countSoon is when it is compared after a full pass that could not prove
	// itself, because patients were deleted for as long as it read.
	countSoon = time.Hour
	// fullEvery is how often every patient is read again: deleting one patient
	// and unarchiving another leaves the count unchanged.
	fullEvery = 7 * 24 * time.Hour
	// decisionWait is how long to wait for a person's decision about a mass
	// disappearance before every patient is read again.
	decisionWait = 24 * time.Hour
)

// Changes reads the patients that are new, changed or archived since the last
// pass, and retries the records that could not be read. If anything changed, or
// a day has passed, it then compares Cliniko's count with the store's; where
// they differ, a full pass follows and is the one returned.
//
// When nothing is new it costs two requests, however many profiles need
// attention: an edit in Cliniko moves updated_at.
//
// It is a full pass as long as none has succeeded, when one was interrupted,
// and a week after the last one.
//
// Errors: as Full.
func (e *Engine) Changes(ctx context.Context, report Report) (profile.Pass, error) {
	return e.exclusive("background", func() (profile.Pass, error) { return e.changesOrFull(ctx, false, report) })
}

// Sync is Changes on a person's request: it always compares the counts, so that
// an unarchived client shows at once, and retries all records that could not be
// read. It costs one request more.
//
// Errors: as Full.
func (e *Engine) Sync(ctx context.Context, report Report) (profile.Pass, error) {
	return e.exclusive("requested", func() (profile.Pass, error) { return e.changesOrFull(ctx, true, report) })
}

func (e *Engine) changesOrFull(ctx context.Context, requested bool, report Report) (profile.Pass, error) {
	m := newMeter(report, e.now)
	since, err := e.store.Passes.Cursors(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	last, err := e.store.Passes.LastFull(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	if err := e.clock.load(ctx); err != nil {
		return profile.Pass{}, err
	}
	cutOff := last.ID != 0 && last.EndedAt.IsZero()
	if since.Changed.IsZero() || cutOff && last.Err != profile.Cancelled { // a person who cancelled it does not want it now
		pass, _, err := e.full(ctx, m)
		return pass, err
	}
	pass, left, err := e.changesPass(ctx, since, requested, m)
	switch {
	case err != nil:
		return pass, err
	case !cutOff && e.fullDue(since, last):
		pass, _, err := e.full(ctx, m)
		return pass, err
	case left == nil || !requested && e.awaitingDecision(last):
		return pass, nil
	}
	return e.repair(ctx, *left, m)
}

// fullDue reports whether it is time to read every patient again. It is called
// after Cliniko has answered, so that Cliniko's clock decides.
func (e *Engine) fullDue(since profile.Cursors, last profile.Pass) bool {
	if last.Err == profile.Gone && !e.awaitingDecision(last) || since.Changed.After(e.clock.time().Add(dateSlack)) {
		return true // no decision in time, or the cursor came from a wrong clock
	}
	newest := since.FullAt
	if last.StartedAt.After(newest) {
		newest = last.StartedAt
	}
	return elapsed(newest, e.clock.time(), fullEvery)
}

// awaitingDecision reports whether a person was asked about a mass
// disappearance and still has time to answer.
func (e *Engine) awaitingDecision(last profile.Pass) bool {
	return last.Err == profile.Gone && !elapsed(last.StartedAt, e.clock.time(), decisionWait)
}

// changesPass returns the difference between the counts that it leaves, or nil
// if there is none that a full pass has not left before.
func (e *Engine) changesPass(ctx context.Context, since profile.Cursors, requested bool, m *meter) (pass profile.Pass, left *difference, err error) {
	sent := e.source.Requests()
	m.phase(Changes, 0, 0)
	pass, _, err = e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.ChangesPass, StartedAt: e.clock.time(), Service: e.service})
	if err != nil {
		return pass, nil, err
	}
	s := &sweep{engine: e, passID: pass.ID, requested: requested, meter: m, seen: map[string]bool{}}
	next, drift, err := s.run(ctx, since)
	if !s.started.IsZero() {
		pass.StartedAt = s.started
	}
	if drift != since.Drift {
		left = &difference{drift: drift, since: pass.StartedAt}
	}
	pass, err = e.closePass(ctx, pass, err, sent, func(profile.Counts) profile.Cursors { return next })
	return pass, left, err
}

// sweep is one changes pass.
type sweep struct {
	engine    *Engine
	passID    int64
	requested bool // by a person
	meter     *meter
	started   time.Time // Cliniko's clock at its first answer
	seen      map[string]bool
	changed   int
	readAll   bool // every patient was read
}

// run returns by how much the counts differ in the end, or if they are not
// compared, by how much they did before.
func (s *sweep) run(ctx context.Context, since profile.Cursors) (next profile.Cursors, drift int, err error) {
	if err := s.readChangedAndArchived(ctx, since); err != nil {
		return since, since.Drift, err
	}
	next = since
	if !s.started.IsZero() {
		next.Changed, next.Archived = s.started, s.started
	}
	if err := s.review(ctx, &next); err != nil {
		return since, since.Drift, err
	}
	if s.changed == 0 && !s.requested && !elapsed(since.CountedAt, s.engine.clock.newestAnswer(), countEvery) {
		return next, since.Drift, nil
	}
	drift, err = s.engine.countDrift(ctx, &next)
	if err != nil || drift == since.Drift {
		return next, since.Drift, err
	}
	// A patient may have been created or archived just before the count.
	if err := s.readChangedAndArchived(ctx, next); err != nil {
		return since, since.Drift, err
	}
	drift, err = s.engine.countDrift(ctx, &next)
	return next, drift, err
}

// readChangedAndArchived makes two walks because archiving and merging may
// leave updated_at unchanged.
func (s *sweep) readChangedAndArchived(ctx context.Context, since profile.Cursors) error {
	if err := s.readSince(ctx, profile.ByChange, since.Changed); err != nil {
		return err
	}
	return s.readSince(ctx, profile.ByArchival, since.Archived)
}

// readSince reads the patients whose time is later than the cursor less the
// overlap. If Cliniko ignores the order, it reads every patient.
func (s *sweep) readSince(ctx context.Context, order profile.Order, cursor time.Time) error {
	if s.readAll {
		return nil
	}
	w := s.engine.newWalk(order, func(page profile.Page) error { return s.storePage(ctx, page) })
	err := w.run(ctx, cursor.Add(-overlap).Truncate(time.Second))
	if !errors.Is(err, errOrder) {
		return err
	}
	s.engine.notice(OrderIgnored)
	s.readAll = true
	all := s.engine.newWalk(profile.ByCreation, w.emit)
	return all.run(ctx, time.Time{})
}

func (s *sweep) storePage(ctx context.Context, page profile.Page) error {
	if s.started.IsZero() && !page.Date.IsZero() {
		var err error
		if s.started, err = s.engine.clock.observe(ctx, page.Date); err != nil {
			return err
		}
	}
	for i := range page.Records {
		s.seen[page.Records[i].Ref] = true
	}
	n, err := s.engine.storePage(ctx, s.passID, page)
	s.changed += n
	s.meter.add(len(page.Records))
	return err
}

// review applies the rule to the stored profiles again if the day or the
// program's version has changed. It then reads those whom that leaves unclear,
// and the records that could not be read, unless this pass has seen them.
func (s *sweep) review(ctx context.Context, next *profile.Cursors) error {
	unreadable, err := s.engine.store.Reviews.Unreadable(ctx)
	if err != nil {
		return err
	}
	unreadable = slices.DeleteFunc(unreadable, func(id profile.ID) bool { return s.seen[string(id)] })
	if !s.requested {
		// If Cliniko's answers change so that no patient can be read, a
		// background pass must not read all of them every time.
		unreadable = unreadable[:min(len(unreadable), profile.PageSize)]
	}
	unclear, err := s.engine.judgeStored(ctx, s.passID, next)
	if err != nil {
		return err
	}
	n, err := s.engine.reread(ctx, s.passID, append(unreadable, unclear...))
	s.changed += n
	return err
}

// judgeStored applies the rule to the stored profiles, once for each day and
// version of the program. It returns the patients of whom too little is stored
// to judge them.
func (e *Engine) judgeStored(ctx context.Context, passID int64, next *profile.Cursors) (unclear []profile.ID, err error) {
	now := e.clock.time()
	// The day as a number: a date in clear could be mistaken for a birth date.
	today := profile.Today(now)
	day := time.Date(today.Year, today.Month, today.Day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
	judged := fmt.Sprint(day, " ", e.version)
	if next.Judged == judged {
		return nil, nil
	}
	err = e.commit(func() (changed []profile.Entry, err error) {
		changed, unclear, err = e.store.Reviews.CheckAgain(ctx, passID, func(p *profile.Profile, known *profile.Failure) (profile.Profile, *profile.Failure) {
			return profile.CheckAgain(p, known, now)
		})
		return changed, err
	})
	next.Judged = judged
	return unclear, err
}
