package main

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
)

// maxRows is the most rows that one answer to the window holds.
const maxRows = 500

// ListPatients reads all patients from Cliniko and keeps the list for Listing
// and StartImport. Nothing is stored yet.
func (a *App) ListPatients() (ListingView, error) {
	return call(a, "ListPatients", func(ctx context.Context, d *desk) (ListingView, error) {
		var list *syncer.Listed
		err := d.runner.List(ctx, func(found *syncer.Listed) {
			list = found
			d.setListed(found)
		})
		if err != nil {
			return ListingView{}, err
		}
		return listingView(list), nil
	})
}

func listingView(l *syncer.Listed) ListingView {
	return ListingView{Total: len(l.Entries), Failing: l.Failing, Ready: len(l.Entries) - l.Failing, Archived: l.Archived}
}

// setListed takes what was listed, or nil: it is used up. Names are only there
// while somebody is signed in.
func (d *desk) setListed(list *syncer.Listed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.person == nil {
		list = nil
	}
	d.list = list
}

func (d *desk) listed() (*syncer.Listed, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.list == nil {
		return nil, profile.Refuse(profile.NotFound, "There is no list any more. Choose Sync patients again.")
	}
	return d.list, nil
}

// Listing returns a part of what ListPatients found.
func (a *App) Listing(offset, limit int) (ListingPage, error) {
	return call(a, "Listing", func(_ context.Context, d *desk) (ListingPage, error) {
		list, err := d.listed()
		if err != nil {
			return ListingPage{}, err
		}
		page := ListingPage{Rows: []ListedRow{}, Total: len(list.Entries)}
		from := min(max(offset, 0), len(list.Entries))
		to := min(from+min(max(limit, 0), maxRows), len(list.Entries))
		for i := range list.Entries[from:to] {
			page.Rows = append(page.Rows, listedRow(&list.Entries[from+i]))
		}
		return page, nil
	})
}

// ListingSummary returns the numbers of the list that waits for StartImport, for
// a screen that is shown again.
func (a *App) ListingSummary() (ListingView, error) {
	return call(a, "ListingSummary", func(_ context.Context, d *desk) (ListingView, error) {
		list, err := d.listed()
		if err != nil {
			return ListingView{}, err
		}
		return listingView(list), nil
	})
}

// StartImport stores what was listed.
func (a *App) StartImport() (PassView, error) {
	return call(a, "StartImport", func(ctx context.Context, d *desk) (PassView, error) {
		list, err := d.listed()
		if err != nil {
			return PassView{}, err
		}
		var view PassView
		err = d.w.Audited(ctx, d.event(staff.ImportedClients, ""), func(*staff.Event) error {
			pass, err := d.runner.Import(ctx, list, func() { d.setListed(nil) })
			view = passView(&pass)
			return err
		})
		return view, err
	})
}

// DiscardListing forgets what was listed.
func (a *App) DiscardListing() error {
	_, err := call(a, "DiscardListing", func(ctx context.Context, d *desk) (struct{}, error) {
		d.setListed(nil)
		d.tellSync(ctx)
		return struct{}{}, nil
	})
	return err
}

// CancelSync stops what runs, an import only for whoever may start one. What is stored stays, and the next sync goes on.
func (a *App) CancelSync() error {
	_, err := call(a, "CancelSync", func(_ context.Context, d *desk) (struct{}, error) {
		if d.runner.Running(runner.Listing, runner.Import) {
			if err := d.may(staff.ModifyLink); err != nil {
				return struct{}{}, err
			}
		}
		d.runner.Cancel(runner.ErrCancelled)
		return struct{}{}, nil
	})
	return err
}

// SyncNow brings what is new or changed in Cliniko, or goes on with an import
// that was cut off. While that is being done already, it waits for its end.
func (a *App) SyncNow() (PassView, error) {
	return call(a, "SyncNow", func(ctx context.Context, d *desk) (PassView, error) {
		pass, err := d.runner.Sync(ctx)
		return passView(&pass), err
	})
}

// Focused tells that somebody looks at the window, or that the browser in it has
// found the network again.
func (a *App) Focused() error {
	_, err := call(a, "Focused", func(_ context.Context, d *desk) (struct{}, error) {
		d.background.Focus()
		return struct{}{}, nil
	})
	return err
}
