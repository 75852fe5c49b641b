package main

import (
	"fmt"
	"slices"
	"time"
)

// line is one result beside its target.
type line struct {
	Name     string
	Measured string // what was measured, and what it is compared with
	Against  string
	Value    float64
	Target   float64 // Value is to be at most this
	Unit     unit
	Note     string
}

// unit is the unit of a value.
type unit string

const (
	ratio        unit = ""
	count        unit = "count"
	milliseconds unit = "ms"
	mebibytes    unit = "MiB"
)

func (u unit) format(value float64) string {
	switch u {
	case count:
		return fmt.Sprintf("%.0f", value)
	case milliseconds:
		return fmt.Sprintf("%.1f ms", value)
	case mebibytes:
		return fmt.Sprintf("%.1f MiB", value)
	}
	return fmt.Sprintf("%.2f", value)
}

func (l line) met() bool { return l.Value <= l.Target }

// String is the line as a row of the table.
func (l line) String() string {
	verdict := "met"
	if !l.met() {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t≤ %s\t%s\t%s", l.Name, l.Measured, l.Against, l.Unit.format(l.Value), l.Unit.format(l.Target), verdict, l.Note)
}

// ratioLine compares times with those of a floor that was measured in the same
// rounds: the value is the median of each round's ratio.
func ratioLine(name string, measured, floor []time.Duration, target float64) line {
	ratios := make([]float64, len(measured))
	for i := range measured {
		ratios[i] = measured[i].Seconds() / floor[i].Seconds()
	}
	return line{Name: name, Measured: rounded(median(measured)), Against: rounded(median(floor)), Value: median(ratios), Target: target, Unit: ratio}
}

// timeLine is a time with a target of its own.
func timeLine(name string, measured []time.Duration, target time.Duration) line {
	return line{Name: name, Measured: rounded(median(measured)), Value: inMilliseconds(median(measured)), Target: inMilliseconds(target), Unit: milliseconds}
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func rounded(d time.Duration) string {
	if d < 100*time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

func median[T ~int64 | ~float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// percentile returns the smallest value that at least p of 100 do not exceed.
func percentile[T ~int64](values []T, p int) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}
