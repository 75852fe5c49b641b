// Command bench measures the engine against the least that its work could cost,
// both in one run on one machine, and prints the ratios beside their targets.
//
//	go run ./backend/bench [name ...]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// A benchmark measures one thing against another; both run in turn.
type benchmark struct {
	name   string
	what   string
	target float64 // the ratio is to be at most this
	rounds int
	setUp  func() (measured, floor run, tearDown func(), err error)
}

// run does the work once and says how long it took.
type run func(context.Context) (time.Duration, error)

func main() {
	flag.Parse()
	if err := benchAll(context.Background(), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func benchAll(ctx context.Context, names []string) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "benchmark\tengine\tfloor\tratio\ttarget\t")
	missed := 0
	for _, b := range benchmarks {
		if len(names) > 0 && !slices.Contains(names, b.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", b.name, b.what)
		measured, floor, ratio, err := b.measure(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		verdict := "met"
		if ratio > b.target {
			verdict = "MISSED"
			missed++
		}
		_, _ = fmt.Fprintf(table, "%s\t%v\t%v\t%.2f\t%.2f\t%s\n", b.name, measured.Round(time.Millisecond), floor.Round(time.Millisecond), ratio, b.target, verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d targets missed", missed)
	}
	return nil
}

// measure runs both in turn, so that a machine that gets slower slows both, and
// returns the medians and the median of the ratios of each turn.
func (b *benchmark) measure(ctx context.Context) (measured, floor time.Duration, ratio float64, err error) {
	run, bare, tearDown, err := b.setUp()
	if err != nil {
		return 0, 0, 0, err
	}
	defer tearDown()
	var runs, bares []time.Duration
	var ratios []float64
	for round := range b.rounds + 1 {
		took, err := run(ctx)
		if err != nil {
			return 0, 0, 0, err
		}
		least, err := bare(ctx)
		if err != nil {
			return 0, 0, 0, fmt.Errorf("the floor: %w", err)
		}
		if round == 0 {
			continue // warming up
		}
		runs, bares, ratios = append(runs, took), append(bares, least), append(ratios, took.Seconds()/least.Seconds())
	}
	return median(runs), median(bares), median(ratios), nil
}

func median[T ~int64 | ~float64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
