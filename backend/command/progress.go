package command

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"telehab.io/desktop/backend/syncer"
)

// progress shows on a terminal how far a pass is, in one line that goes when
// the pass ends. Where nobody watches it prints nothing but notices.
type progress struct {
	t        *Terminal
	terminal bool

	mu    sync.Mutex // the request gate waits beside the pass
	width int        // of the line that is shown; 0: none is
}

// newProgress returns the progress of one pass; quiet says that the result is
// for a program.
func (t *Terminal) newProgress(quiet bool) *progress {
	file, ok := t.Err.(*os.File)
	return &progress{t: t, terminal: !quiet && ok && term.IsTerminal(int(file.Fd()))} // #nosec G115 -- a file descriptor is small
}

var phases = map[syncer.Phase]string{
	syncer.Listing: "Reading the client list", syncer.Storing: "Syncing clients",
	syncer.Changes: "Asking Cliniko what is new", syncer.Checking: "Comparing with Cliniko",
}

// progressLine is a pass's progress in words.
func progressLine(now syncer.Progress) string {
	line := phases[now.Phase]
	if now.Total == 0 {
		return line + "…"
	}
	line += fmt.Sprintf(": %d of %d", now.Done, now.Total)
	if left := now.Left.Round(time.Second); left > 0 && now.Done < now.Total {
		line += fmt.Sprintf(", %s left", left)
	}
	return line
}

func (p *progress) report(now syncer.Progress) { p.show(progressLine(now)) }

// demo shows how far the demo is that is made before it can be synced.
func (p *progress) demo(done, all int) {
	p.show(fmt.Sprintf("Setting up the demo: %d of %d", done, all))
	if done == all {
		p.end()
	}
}

// show replaces the line.
func (p *progress) show(line string) {
	if !p.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	width := utf8.RuneCountInString(line)
	// The spaces overwrite what is left of a longer line.
	_, _ = fmt.Fprint(p.t.Err, "\r", line, strings.Repeat(" ", max(0, p.width-width)))
	p.width = width
}

// end clears the line.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.width > 0 {
		_, _ = fmt.Fprintf(p.t.Err, "\r%*s\r", p.width, "")
		p.width = 0
	}
}

func (p *progress) wait(until time.Time) {
	if p.terminal {
		p.say(fmt.Sprintf("Cliniko asks TeleHab to wait. It continues at %s.", until.Local().Format(time.TimeOnly)))
	}
}

// say prints a line of its own.
func (p *progress) say(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	_, _ = fmt.Fprintln(p.t.Err, line)
}

// noticed says in a sentence what a pass coped with.
var noticed = map[syncer.Notice]string{
	syncer.OrderIgnored:     "Cliniko did not sort as it was asked, so all clients are read in another way.",
	syncer.IDsIgnored:       "Cliniko did not pick clients as it was asked, so they are read one by one.",
	syncer.CountDiffers:     "Cliniko counts other clients than are kept here, so all are read again.",
	syncer.CountUnexplained: "Cliniko still counts other clients than it gives. All that it gives are kept.",
	syncer.ClocksDiffer: "This computer's clock and Cliniko's disagree, so nothing that is kept is erased because of its age " +
		"until that is cleared up. Check the date and time of this computer.",
}

// note says it to whoever reads a scheduled job's output. The text in brackets
// is stable.
func (p *progress) note(n syncer.Notice) { p.say(fmt.Sprintf("telehab: %s (%s)", noticed[n], n)) }
