package window

import (
	"bufio"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

const (
	reportPasses = 10 // the newest passes
	reportLines  = 60 // and lines of the log
)

// report is what support is sent: it holds nobody's details.
func report(ctx context.Context, w *workspace.Workspace, version, dir string) (string, error) {
	var report strings.Builder
	line := func(format string, values ...any) { fmt.Fprintf(&report, format+"\n", values...) }
	line("TeleHab %s, %s %s", version, runtime.GOOS, runtime.GOARCH)
	if err := reportWorkspace(ctx, w, line); err != nil {
		return "", err
	}
	line("")
	for _, text := range lastLines(filepath.Join(dir, "logs")) {
		line("%s", logging.Text(text))
	}
	return report.String(), nil
}

func reportWorkspace(ctx context.Context, w *workspace.Workspace, line func(string, ...any)) error {
	demo, throwaway := w.Demo()
	line("demo %v, throwaway %v, locks after %d minutes", demo, throwaway, w.IdleMinutes())
	clinic, err := w.Clinic(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		line("no clinic is connected")
		return nil
	}
	if err != nil {
		return err
	}
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	tally, err := store.Tally(ctx)
	if err != nil {
		return err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return err
	}
	line("shard %s, key's role %s", clinic.Shard, clinic.OwnerRole)
	line("active %d (%d in Cliniko), failed %d, archived %d, deleted %d, drift %d", tally.Active, cursors.ActiveInCliniko,
		tally.Failed, tally.Archived, tally.Deleted, cursors.Drift)
	line("changes up to %s, last full pass %s", instant(cursors.Changed), instant(cursors.FullAt))
	passes, err := store.Passes(ctx, reportPasses)
	for _, p := range passes {
		line("pass %d %s %s to %s: read %d, synced %d, unchanged %d, failed %d, archived %d, requests %d %s", p.ID, p.Kind, instant(p.StartedAt),
			instant(p.EndedAt), p.Counts.Read, p.Counts.Synced, p.Counts.Unchanged, p.Counts.Failed, p.Counts.Archived, p.Requests, p.Err)
	}
	return err
}

// lastLines returns the end of the log, or nothing where there is none.
func lastLines(dir string) []string {
	folder, err := datafolder.OpenBelow(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = folder.Close() }()
	file, err := folder.Open(logging.FileName)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	var lines []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if lines = append(lines, scanner.Text()); len(lines) > reportLines {
			lines = lines[1:]
		}
	}
	return lines
}
