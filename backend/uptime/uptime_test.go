package uptime_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/uptime"
)

func TestItGoesOnAndNeverBack(t *testing.T) {
	began, before := time.Now(), uptime.Now()
	last := before
	for time.Since(began) < 50*time.Millisecond {
		now := uptime.Now()
		if now < last {
			t.Fatalf("from %v to %v", last, now)
		}
		last = now
	}
	// Windows counts in steps of up to 16 ms. Between the last reading and the end
	// a busy computer may have done something else.
	if passed := uptime.Now() - before; passed < 30*time.Millisecond || passed > 10*time.Second {
		t.Errorf("%v passed in 50 ms", passed)
	}
}

func TestItIsTheComputersAndNotTheProcesss(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /proc/uptime")
	}
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Skip(err)
	}
	seconds, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	want := time.Duration(seconds * float64(time.Second))
	if off := uptime.Now() - want; off.Abs() > time.Minute {
		t.Errorf("%v since the start, the system says %v", uptime.Now(), want)
	}
}
