//go:build !linux

package main

import (
	"errors"
	"os"
	"time"
)

func ownTime() (total time.Duration, ok bool) { return 0, false }

func peakOf(*os.ProcessState) (float64, error) {
	return 0, errors.New("the memory of a process is only measured on Linux")
}
