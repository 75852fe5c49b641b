// Package logging sets up the program's log: one rotated file of JSON lines
// that only this user can read.
//
// Callers log only ids, counts, codes and times, no personal data. In addition,
// the writer blanks whatever looks personal or secret (see redact.go), because
// the text of an error comes from many places. It errs on the side of blanking
// too much.
package logging

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// FileName is the name of the newest log file. Older ones are beside it, with
// their time in their names.
const FileName = "telehab.log"

const (
	fileMiB  = 2
	oldFiles = 4 // with the newest one, five
)

const timeLayout = "2006-01-02T15:04:05.000Z07:00" // RFC 3339

// Open creates dir and its log file, both for this user alone, and returns a
// logger that writes to it from level upwards. Times are UTC. The logger must
// not be used after Close. On a read-only disk nothing is logged.
func Open(dir string, level zerolog.Level) (zerolog.Logger, *File, error) {
	file, err := openFile(dir)
	if datafolder.IsReadOnly(err) {
		return zerolog.Nop(), &File{}, nil // what is stored can still be read
	}
	if err != nil {
		return zerolog.Nop(), nil, unwritable(err)
	}
	return newLogger(file, level), file, nil
}

func unwritable(cause error) error {
	coded := profile.Because(profile.StoreUnreadable, fmt.Errorf("logging: %w", cause))
	var refused *datafolder.Refused
	if !errors.As(cause, &refused) {
		coded.Message = "TeleHab cannot write its log. Check that the disk has space and that you can write " +
			"to TeleHab's data folder, then start it again."
	}
	return coded
}

// newLogger logs to out through the redacting writer.
func newLogger(out io.Writer, level zerolog.Level) zerolog.Logger {
	return zerolog.New(Redact(out)).Level(level).Hook(clock{})
}

// clock adds the time to every line. zerolog's own setting is global to the
// process.
type clock struct{}

func (clock) Run(event *zerolog.Event, _ zerolog.Level, _ string) {
	event.Str(zerolog.TimestampFieldName, time.Now().UTC().Format(timeLayout))
}

// Expected reports whether an error is normal and not worth a line in the log:
// a person cancelled, or asked for something that does not exist.
func Expected(err error) bool {
	switch profile.CodeOf(err) {
	case profile.Cancelled, profile.NotFound, profile.NotConnected, profile.SignedOut:
		return true
	}
	return false
}

// Failure logs an error once, at the edge: what was attempted, the error's
// code, its text, and the types along its chain of causes.
func Failure(log zerolog.Logger, attempted string, err error) {
	if err == nil {
		return
	}
	log.Error().
		Str("code", string(profile.CodeOf(err))).
		Str("error", Text(err.Error())).
		Strs("causes", causes(err, nil)).
		Msg(Text(attempted))
}

// maxCauses is the most types listed for one error.
const maxCauses = 16

// causes lists the types of err and of everything it wraps, outermost first.
func causes(err error, seen []string) []string {
	if err == nil || len(seen) >= maxCauses {
		return seen
	}
	seen = append(seen, fmt.Sprintf("%T", err))
	if one := errors.Unwrap(err); one != nil {
		return causes(one, seen)
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, inner := range many.Unwrap() {
			seen = causes(inner, seen)
		}
	}
	return seen
}
