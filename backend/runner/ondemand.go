package runner

import (
	"context"
	"sync"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// What a person asks for. All of these fail with SyncRunning while another
// pass runs that a person asked for.

// List reads the client list and stores nothing. receive is given the list
// before the listing ends, so that whoever is told of the end has it.
func (r *Runner) List(ctx context.Context, receive func(*syncer.Listed)) error {
	// What is listed here is to be imported here.
	if err := r.workspace.MaySync(ctx); err != nil {
		return err
	}
	engine, err := r.workspace.Engine(ctx)
	if err != nil {
		return err
	}
	return r.run(ctx, newPass(Listing, syncer.Listing), func(ctx context.Context, report syncer.Report) error {
		list, err := engine.List(ctx, report)
		if err == nil {
			receive(list)
		}
		return err
	})
}

// Import stores what was listed. begun is called once the store has the pass,
// and the list is used up: until then it can be imported again.
func (r *Runner) Import(ctx context.Context, list *syncer.Listed, begun func()) (profile.Pass, error) {
	return r.start(ctx, newPass(Import, syncer.Storing), func(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
		var first sync.Once
		return e.Import(ctx, list, func(p syncer.Progress) {
			first.Do(begun)
			report(p)
		})
	})
}

// Full reads and stores everybody.
func (r *Runner) Full(ctx context.Context) (profile.Pass, error) {
	return r.start(ctx, newPass(Full, syncer.Storing), full)
}

// Sync brings what is new or changed in Cliniko, or resumes an import that was
// cut off. If that runs already, in the background or because somebody asked
// for it, it waits for its end and returns its result.
func (r *Runner) Sync(ctx context.Context) (profile.Pass, error) {
	store, err := r.workspace.Store(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	last, err := store.LastFull(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	// A changes pass by itself resumes a full one that nobody cancelled.
	p, do := newPass(Changes, syncer.Changes), changes
	if isUnfinished(&last) && last.Err == profile.Cancelled {
		p, do = newPass(Full, syncer.Storing), full
	}
	if joined := r.slot.join(p.kind); joined != nil {
		r.observer.StatusChanged(ctx)
		<-joined.done
		return joined.result, joined.err
	}
	return r.start(ctx, p, do)
}

func full(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
	return e.Full(ctx, report)
}

// changes also compares the counts, as whoever asked for it expects.
func changes(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
	return e.Sync(ctx, report)
}

func (r *Runner) start(ctx context.Context, p *pass, do work) (profile.Pass, error) {
	err := r.runPass(ctx, p, do)
	return p.result, err
}

// Mend reads clients again whose stored rows do not open, because somebody has
// changed them outside TeleHab. It runs in the background; the log names the
// clients by their ids, and why it failed.
//
// Errors: SyncRunning while any pass runs, and those of syncer.Engine.
func (r *Runner) Mend(ctx context.Context, broken []string) error {
	r.log.Warn().Strs(logging.ClientsField, broken).Msg("sealed rows do not open and are read again")
	err := r.runPass(ctx, newBackgroundPass(Retry), func(ctx context.Context, e *syncer.Engine, _ syncer.Report) (profile.Pass, error) {
		return e.Mend(ctx, broken)
	})
	r.failures.record("mend rows", err)
	return err
}
