package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// programs are the real programs, built for the benchmark.
type programs struct{ telehab, clinic string }

func build(ctx context.Context, dir string) (programs, error) {
	p := programs{filepath.Join(dir, "telehab"), filepath.Join(dir, "clinic")}
	// Commands in a terminal do not need the page, so it is not built.
	return p, errors.Join(
		goBuild(ctx, p.telehab, "desktop,production", "."),
		goBuild(ctx, p.clinic, "", "./backend/cliniko/fakeclinic/serve"))
}

// goBuild builds with the tags that this program was built with, which depend
// on the system, and with others.
func goBuild(ctx context.Context, to, tags, what string) error {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "-tags" {
				tags += "," + setting.Value
			}
		}
	}
	command := exec.CommandContext(ctx, "go", "build", "-tags", strings.Trim(tags, ","), "-o", to, what) // #nosec G204 -- both are ours
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", what, err, out)
	}
	return nil
}

// memory compares the peaks of whole processes. The large ones start at
// intervals, so that they are not all busy at the same moments.
func memory(ctx context.Context, rounds int) (lines []line, err error) {
	const (
		many = 100_000
		few  = 1_000
	)
	dir, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p, err := build(ctx, dir)
	if err != nil {
		return nil, err
	}
	large, small := make([]float64, rounds), make([]float64, rounds)
	for round := range rounds {
		if small[round], err = p.peakOfSync(ctx, filepath.Join(dir, fmt.Sprint("few", round)), few); err != nil {
			return nil, err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for round := range rounds {
		group.Go(func() (err error) {
			select {
			case <-time.After(time.Duration(round) * time.Minute / time.Duration(rounds)):
			case <-ctx.Done():
				return ctx.Err()
			}
			large[round], err = p.peakOfSync(ctx, filepath.Join(dir, fmt.Sprint("many", round)), many)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return []line{{
		Name: "memory", Measured: mebibytes.format(median(large)), Against: mebibytes.format(median(small)),
		Value: median(large) - median(small), Target: 64, Unit: mebibytes,
	}}, nil
}

// peakOfSync sets up a data directory as a person does in a terminal, and
// returns the peak resident memory of its first sync in MiB.
func (p programs) peakOfSync(ctx context.Context, dir string, patients int) (peak float64, err error) {
	address, key, stop, err := p.serve(ctx, patients)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	environment := append(os.Environ(), "TELEHAB_DATA_DIR="+dir, "TELEHAB_CLINIKO_URL="+address, "TELEHAB_PASSWORD=correct horse battery staple "+strconv.Itoa(patients))
	telehab := func(input string, arguments ...string) (*os.ProcessState, error) {
		command := exec.CommandContext(ctx, p.telehab, arguments...) // #nosec G204 -- just built
		command.Env, command.Stdin = environment, strings.NewReader(input)
		out, err := command.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("telehab %s: %w\n%s", arguments[0], err, out)
		}
		return command.ProcessState, err
	}
	if _, err := telehab("", "people", "add", "--email", "dana@example.com", "--name", "Dana Smith"); err != nil {
		return 0, err
	}
	if _, err := telehab(key, "connect", "--as", "dana@example.com"); err != nil {
		return 0, err
	}
	state, err := telehab("", "sync")
	if state != nil && state.ExitCode() == someFailed {
		err = nil
	}
	if err != nil {
		return 0, err
	}
	return peakOf(state)
}

// someFailed is the exit code of telehab sync if some profiles need attention.
const someFailed = 3

// serve starts a simulated clinic without a limit, in a process of its own.
func (p programs) serve(ctx context.Context, patients int) (address, key string, stop func() error, err error) {
	command := exec.CommandContext(ctx, p.clinic, "--addr", "127.0.0.1:0", "--limit", "0", "--patients", strconv.Itoa(patients)) // #nosec G204 -- just built
	out, err := command.StdoutPipe()
	if err != nil {
		return "", "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", "", nil, err
	}
	stop = func() error {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		return command.Wait()
	}
	said := bufio.NewScanner(out)
	for said.Scan() && key == "" {
		if text, ok := strings.CutPrefix(said.Text(), "address "); ok {
			address = text
		}
		if text, ok := strings.CutPrefix(said.Text(), "key "); ok {
			key = text
		}
	}
	if key == "" {
		return "", "", nil, errors.Join(errors.New("the simulated clinic did not start"), said.Err(), stop())
	}
	go func() { _, _ = bytes.NewBuffer(nil).ReadFrom(out) }() // the rest is not needed
	return address, key, stop, nil
}
