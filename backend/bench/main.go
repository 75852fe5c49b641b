// Command bench compares the engine with the least that its work could cost,
// both measured in one run on one machine, and prints the results beside their
// targets.
//
//	go run ./backend/bench [-rounds N] [name ...]
//	go run ./backend/bench -fill DIR -patients N
//
// Without names it runs everything, which takes about a quarter of an hour: two
// of the benchmarks wait for the request limit.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"text/tabwriter"
)

// A benchmark measures one thing and returns one line or more.
type benchmark struct {
	name string
	what string
	run  func(ctx context.Context, rounds int) ([]line, error)
	// session: it needs a system keyring and runs in a private one.
	session bool
}

var benchmarks = []benchmark{
	{name: "import-5000", run: import5000,
		what: "5,000 patients, 120 ms latency, no limit; against fetching the same pages four at a time and throwing them away"},
	{name: "import-10000", run: import10000,
		what: "10,000 patients, 150 ms latency, no limit; against fetching the same pages four at a time, and against following links.next"},
	{name: "store-50000", run: store50000,
		what: "50,000 patients from pages in memory; against decoding those with encoding/json, and inserting the sealed rows with go-sqlite3, each alone"},
	{name: "nothing-changed", run: nothingChanged,
		what: "a changes pass on 10,000 complete profiles, 150 ms latency, when nothing is new; against two round trips"},
	{name: "directory-100000", run: directory100000, session: true,
		what: "100,000 profiles in memory: how long they take after a sign-in, and single searches"},
	{name: "memory", run: memory, session: true,
		what: "peak of telehab sync on 100,000 patients; against the same on 1,000. Held up by the request limit for seven minutes, all rounds at once"},
	{name: "limit-20000", run: limit20000,
		what: "20,000 patients at Cliniko's limit, 150 ms latency; against the least that 160 requests a minute allow. All rounds at once"},
	sharedBenchmark,
}

func main() {
	rounds := flag.Int("rounds", 5, "how often each is measured; the median counts")
	inside := flag.String("inside", "", "run this benchmark in the present session and print its lines as JSON")
	into := flag.String("fill", "", "measure nothing, but import a simulated clinic into this data `folder`, past the request limit")
	patients := flag.Int("patients", 50_000, "how many people that clinic has")
	profileTo := flag.String("cpuprofile", "", "write a CPU profile to this `file`, and of what runs in a session to files beside it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch {
	case *rounds < 1:
		err = errors.New("at least one round")
	case *into != "":
		err = fill(ctx, *into, *patients)
	case *inside != "":
		err = profiled(*profileTo, func() error { return runInside(ctx, *inside, *rounds) })
	default:
		err = profiled(*profileTo, func() error { return benchAll(ctx, flag.Args(), *rounds) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled writes a CPU profile of do, if a file is named.
func profiled(path string, do func() error) (err error) {
	if path == "" {
		return do()
	}
	file, err := os.Create(path) // #nosec G304 -- whoever runs it names it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return do()
}

func benchAll(ctx context.Context, names []string, rounds int) error {
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "benchmark\tmeasured\tagainst\tvalue\ttarget\t\t")
	missed := 0
	for _, b := range chosen {
		fmt.Fprintf(os.Stderr, "%s: %s\n", b.name, b.what)
		run := b.run
		if b.session {
			run = b.inSession
		}
		before, _ := spentNow()
		lines, err := run(ctx, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		disturbed := busy(before)
		for _, l := range lines {
			l.Note = strings.Trim(l.Note+"; "+disturbed, "; ")
			_, _ = fmt.Fprintln(table, l)
			if !l.met() {
				missed++
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d targets missed", missed)
	}
	return nil
}

// choose returns the benchmarks with these names, or with lines of these names;
// without names all of them.
func choose(names []string) ([]*benchmark, error) {
	var chosen []*benchmark
	met := map[string]bool{}
	for i := range benchmarks {
		b := &benchmarks[i]
		wanted := len(names) == 0
		for _, name := range names {
			if name == b.name || strings.HasPrefix(name, b.name+"-") {
				wanted, met[name] = true, true
			}
		}
		if wanted {
			chosen = append(chosen, b)
		}
	}
	for _, name := range names {
		if !met[name] {
			all := make([]string, len(benchmarks))
			for i, b := range benchmarks {
				all[i] = b.name
			}
			return nil, fmt.Errorf("no benchmark %q; there are %s", name, strings.Join(all, ", "))
		}
	}
	return chosen, nil
}
