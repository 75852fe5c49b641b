package command

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// errStale ends a status that was told, of a copy that is older than it may be.
var errStale = errors.New("the last good sync is too long ago")

// maxAge is how old the last good sync may be; 0 is any age.
type maxAge time.Duration

var _ pflag.Value = (*maxAge)(nil)

// Set reads it, as of a flag.
func (a *maxAge) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("write it like 30m or 24h")
	}
	*a = maxAge(d)
	return nil
}

// Type names it in the help.
func (a *maxAge) Type() string { return "duration" }

// String is the age as one would write it: 30m, not 30m0s.
func (a *maxAge) String() string {
	if *a == 0 {
		return ""
	}
	text := time.Duration(*a).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// exceededBy says whether a sync that ended then is too long ago by now. None
// has ended at the zero time.
func (a *maxAge) exceededBy(ended, now time.Time) bool {
	return ended.IsZero() || now.Sub(ended) > time.Duration(*a)
}
