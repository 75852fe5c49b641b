package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of /proc/stat on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// spent is the processor time of all processes, and the part of it that this
// program and its children used.
type spent struct {
	at        time.Time
	all, ours time.Duration
}

// spentNow returns the time spent so far; ok is false without /proc.
func spentNow() (s spent, ok bool) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return s, false
	}
	first, _, _ := strings.Cut(string(stat), "\n")
	fields := strings.Fields(first) // cpu user nice system idle iowait irq softirq steal
	for i, field := range fields {
		if ticks, err := strconv.ParseInt(field, 10, 64); err == nil && i >= 1 && i <= 8 && i != 4 && i != 5 {
			s.all += time.Duration(ticks) * clockTick
		}
	}
	var known bool
	s.ours, known = ownTime()
	s.at = time.Now()
	return s, known && len(fields) > 8
}

// tolerated is the share of the machine that others may use before times become
// unreliable.
const tolerated = 0.15

// busy returns a sentence if other programs kept the machine busy since then,
// otherwise "".
func busy(since spent) string {
	now, ok := spentNow()
	if !ok {
		return ""
	}
	others := float64(now.all-since.all-(now.ours-since.ours)) / float64(now.at.Sub(since.at)) / float64(runtime.NumCPU())
	if others <= tolerated {
		return ""
	}
	return fmt.Sprintf("others used %.0f %% of the machine", 100*others)
}
