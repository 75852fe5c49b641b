package main

import (
	"strings"
	"testing"
	"time"
)

func TestMissedTargetsSaySo(t *testing.T) {
	for _, test := range []struct {
		line line
		want string
	}{
		{line{Name: "a", Value: 1.15, Target: 1.15}, "1.15 ≤ 1.15 met"},
		{line{Name: "a", Value: 1.1501, Target: 1.15}, "1.15 ≤ 1.15 MISSED"},
		{line{Name: "a", Value: 3, Target: 2, Unit: count}, "3 ≤ 2 MISSED"},
		{line{Name: "a", Value: 0, Target: 0, Unit: count}, "0 ≤ 0 met"},
		{line{Name: "a", Value: 63.96, Target: 64, Unit: mebibytes}, "64.0 MiB ≤ 64.0 MiB met"},
		{timeLine("a", []time.Duration{time.Second, 351 * time.Millisecond, 0}, 350*time.Millisecond), "351.0 ms ≤ 350.0 ms MISSED"},
		{ratioLine("a", []time.Duration{2, 9, 4}, []time.Duration{1, 3, 4}, 1.5), "2.00 ≤ 1.50 MISSED"},
	} {
		columns := strings.Split(test.line.String(), "\t")
		if got := strings.Join(columns[3:6], " "); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	var values []time.Duration
	for i := range 200 {
		values = append(values, time.Duration((i*37)%200+1)) // 1 to 200 in no order
	}
	if got := percentile(values, 99); got != 198 {
		t.Errorf("%d", got)
	}
	if got := percentile(values[:1], 99); got != values[0] {
		t.Errorf("%d", got)
	}
}

func TestLeastUnderLimit(t *testing.T) {
	for requests, want := range map[int]time.Duration{1: 0, 160: 0, 161: time.Minute, 200: time.Minute, 320: time.Minute, 321: 2 * time.Minute} {
		if got := leastUnderLimit(requests); got != want {
			t.Errorf("%d requests: %s, want %s", requests, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	for names, want := range map[string]string{"import-10000-sequential": "import-10000", "memory": "memory", "limit-20000-refused limit-20000": "limit-20000"} {
		chosen, err := choose(strings.Fields(names))
		if err != nil || len(chosen) != 1 || chosen[0].name != want {
			t.Errorf("%q: %v, %v", names, chosen, err)
		}
	}
	if all, err := choose(nil); err != nil || len(all) != len(benchmarks) {
		t.Errorf("%d of all, %v", len(all), err)
	}
	if _, err := choose([]string{"import-1"}); err == nil {
		t.Error("a benchmark that does not exist")
	}
}
