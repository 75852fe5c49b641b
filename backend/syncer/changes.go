package syncer

import (
	"context"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// overlap is how far a changes pass looks back before its cursor, for changes
// that Cliniko showed later than their time says.
const overlap = 10 * time.Minute

// Changes asks for what is new, changed or archived since the last pass, and
// reads failed profiles again. Before the first full pass has ended well it is
// a full pass.
//
// Errors: as Full.
func (e *Engine) Changes(ctx context.Context, report Report) (profile.Pass, error) {
	return e.alone(profile.ChangesPass, func() (profile.Pass, error) {
		m := newMeter(report, e.now)
		since, err := e.store.Cursors(ctx)
		if err != nil {
			return profile.Pass{}, err
		}
		if since.Changed.IsZero() {
			return e.full(ctx, m)
		}
		return e.changes(ctx, since, m)
	})
}

func (e *Engine) changes(ctx context.Context, since profile.Cursors, m *meter) (profile.Pass, error) {
	sent := e.source.Requests()
	m.phase(Changes, 0, 0)
	pass, _, err := e.store.Begin(ctx, profile.Pass{Kind: profile.ChangesPass, StartedAt: e.clinicTime()})
	if err != nil {
		return pass, err
	}
	s := &sweep{engine: e, passID: pass.ID, meter: m, met: map[string]bool{}}
	next, err := s.run(ctx, since)
	if !s.started.IsZero() {
		pass.StartedAt = s.started
	}
	return e.end(ctx, pass, err, sent, func(profile.Counts) profile.Cursors { return next })
}

// sweep is one changes pass.
type sweep struct {
	engine  *Engine
	passID  int64
	meter   *meter
	started time.Time // Cliniko's clock at its first answer
	met     map[string]bool
}

func (s *sweep) run(ctx context.Context, since profile.Cursors) (profile.Cursors, error) {
	if err := s.walk(ctx, profile.ByChange, since.Changed); err != nil {
		return since, err
	}
	// Archiving and merging may leave the time of change alone.
	if err := s.walk(ctx, profile.ByArchival, since.Archived); err != nil {
		return since, err
	}
	next := since
	if !s.started.IsZero() {
		next.Changed, next.Archived = s.started, s.started
	}
	somethingNew := len(s.met) > 0
	failed, err := s.engine.store.Failed(ctx)
	if err != nil {
		return since, err
	}
	failed = slices.DeleteFunc(failed, func(id profile.ID) bool { return s.met[string(id)] })
	if err := s.engine.readByID(ctx, s.passID, failed, s.met); err != nil {
		return since, err
	}
	if somethingNew || since.CountedAt.IsZero() {
		count, err := s.engine.source.Patients(ctx, profile.Query{ActiveOnly: true, Size: 1})
		if err != nil {
			return since, err
		}
		next.ActiveInCliniko = count.Total
	}
	next.CountedAt = s.engine.clinicTime()
	return next, nil
}

// walk reads everybody whose time lies after the cursor less the overlap.
func (s *sweep) walk(ctx context.Context, order profile.Order, cursor time.Time) error {
	w := walk{source: s.engine.source, order: order}
	return w.run(ctx, cursor.Add(-overlap).Truncate(time.Second), func(st step) error {
		s.engine.learnTime(st.date)
		if s.started.IsZero() {
			s.started = st.date
		}
		for i := range st.records {
			s.met[st.records[i].Ref] = true
		}
		err := s.engine.save(ctx, profile.Batch{PassID: s.passID, Entries: s.engine.judge(st.records)})
		s.meter.add(len(st.records))
		return err
	})
}
