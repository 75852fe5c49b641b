package workspace

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/preview"
	"telehab.io/desktop/backend/syncer"
)

// Preview returns what a sync would do now, or a full one. It syncs a copy of
// the store in memory, under the lock on passes, and tells no directory. The
// store itself records only the requests, which count towards Cliniko's limit.
//
// Errors: those of Engine and preview.Of; SyncRunning while another process
// syncs.
func (w *Workspace) Preview(ctx context.Context, full bool, report syncer.Report) (_ *preview.Result, err error) {
	l, err := w.linked(ctx)
	if err != nil {
		return nil, err
	}
	unlock, err := w.passLock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	copied, err := w.local.Copy(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	return preview.Of(ctx, l.client, copied.Profiles(l.clinic.AccountID, w.clocks.now), preview.Options{
		Full: full, Now: w.clocks.now, Notice: w.options.OnNotice, Version: w.options.Version, Report: report,
	})
}
