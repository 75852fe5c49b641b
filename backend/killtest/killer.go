package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// killer kills imports.
type killer struct {
	program *program
	random  *rand.Rand
	full    *outcome // of the import that was not killed
	left    int      // kills to go
	imports int
	early   int
	at      [10]int // kills by how many tenths of the clients were stored
}

// oneImport starts an import and kills it repeatedly until it has ended or no
// kills are left, and compares the outcome.
func (k *killer) oneImport(ctx context.Context) error {
	if err := k.program.startAfresh(); err != nil {
		return err
	}
	// Some imports are killed only a few times: otherwise most kills would come
	// near the end.
	for stored := 0; k.left > 0 && (stored == 0 || k.random.IntN(8) > 0); {
		killed, err := k.startAndKill(ctx, stored)
		if err != nil {
			return err
		}
		if !killed {
			return k.compare(ctx)
		}
		progress, err := k.program.progress(ctx)
		if err != nil {
			return err
		}
		if progress.ended { // the import, though not the program
			return k.compare(ctx)
		}
		k.left--
		stored = progress.stored
		k.at[min(9, stored*10/k.full.Read)]++
	}
	if _, err := k.program.finish(k.program.sync(ctx), 0, someFailed); err != nil {
		return err
	}
	return k.compare(ctx)
}

// startAndKill starts the program and kills it at a random moment of the rest
// of the import, after this many clients are stored. killed is false if that
// was too late.
//
// The moment is a short time after a number of answers, so that it does not
// depend on how busy this computer is.
func (k *killer) startAndKill(ctx context.Context, stored int) (killed bool, err error) {
	const reading = 4 // the first page, which every start reads, and the checks
	answers := k.random.IntN((k.full.Read-stored)/profile.PageSize + reading)
	moment := time.Duration(k.random.Int64N(int64(startTime)))
	c := k.program.sync(ctx)
	reached := k.program.answers(answers)
	if err := c.Start(); err != nil {
		return false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var timer <-chan time.Time
	for {
		select {
		case <-reached:
			reached, timer = nil, time.After(moment)
		case err := <-ended:
			_, err = k.program.ended(c, err, 0, someFailed)
			return false, err
		case <-timer:
			return k.kill(c, ended)
		}
	}
}

// startTime is about how long the program takes from its start to its first
// request, and from the last one to the end of the import.
const startTime = 80 * time.Millisecond

func (k *killer) kill(c *exec.Cmd, ended <-chan error) (killed bool, err error) {
	if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return false, err
	}
	err = <-ended
	if c.ProcessState.Exited() {
		_, err = k.program.ended(c, err, 0, someFailed)
		return false, err
	}
	if k.program.answered() == 0 {
		k.early++
	}
	return true, nil
}

// compare checks that the import has the same outcome as the one that was not
// killed.
func (k *killer) compare(ctx context.Context) error {
	got, err := k.program.outcome(ctx)
	if err != nil {
		return err
	}
	if got.Counts != k.full.Counts {
		return fmt.Errorf("it counted %+v, and %+v without a kill", got.Counts, k.full.Counts)
	}
	if err := same("profiles", got.profiles, k.full.profiles); err != nil {
		return err
	}
	k.imports++
	return same("failed profiles", got.failed, k.full.failed)
}

func same(what string, got, want map[string]any) error {
	different := 0
	for id, row := range want {
		if !reflect.DeepEqual(got[id], row) {
			different++
		}
	}
	if different > 0 || len(got) != len(want) {
		return fmt.Errorf("%d %s, and %d without a kill; %d differ", len(got), what, len(want), different)
	}
	return nil
}

// tenths lists the kills by how far the import was.
func (k *killer) tenths() string {
	parts := make([]string, len(k.at))
	for i := range parts {
		parts[i] = fmt.Sprint(k.at[i])
	}
	return strings.Join(parts, " ")
}
