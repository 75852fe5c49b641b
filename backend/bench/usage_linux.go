package main

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// ownTime is the processor time of this program and of the children that it has
// waited for.
func ownTime() (total time.Duration, ok bool) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			return 0, false
		}
		total += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return total, true
}

// peakOf returns the peak in MiB. Linux includes the time before exec, when the
// child was a copy of this program, so this program has to be smaller.
func peakOf(state *os.ProcessState) (float64, error) {
	child, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, errors.New("the system did not tell the memory of a process")
	}
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return 0, err
	}
	if child.Maxrss <= own.Maxrss {
		return 0, errors.New("the memory of the benchmark hides that of the program")
	}
	return float64(child.Maxrss) / 1024, nil
}
