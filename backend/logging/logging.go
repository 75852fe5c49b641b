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
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"gopkg.in/natefinch/lumberjack.v2"

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
// not be used after Close.
func Open(dir string, level zerolog.Level) (zerolog.Logger, *File, error) {
	if err := prepare(dir); err != nil {
		return zerolog.Nop(), nil, &profile.Error{
			Code: profile.StoreUnreadable,
			Message: "TeleHab cannot write its log. Check that the disk has space and that you can write " +
				"to TeleHab's data folder, then start it again.",
			Cause: fmt.Errorf("logging: %w", err),
		}
	}
	file := &File{lumberjack.Logger{Filename: filepath.Join(dir, FileName), MaxSize: fileMiB, MaxBackups: oldFiles}}
	return newLogger(&file.out, level), file, nil
}

// File is the log file, with the older ones beside it.
type File struct{ out lumberjack.Logger }

// Close closes the file.
func (f *File) Close() error { return f.out.Close() }

// Erase removes everything that was logged so far.
func (f *File) Erase() error {
	if err := f.out.Rotate(); err != nil {
		return fmt.Errorf("logging: begin a new file: %w", err)
	}
	return removeOlder(f.out.Filename)
}

// Erase removes everything that was logged to dir. A program that has the log
// open continues to use it.
func Erase(dir string) error {
	name := filepath.Join(dir, FileName)
	if err := os.Truncate(name, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("logging: empty the log: %w", err)
	}
	return removeOlder(name)
}

func removeOlder(newest string) error {
	dir, name := filepath.Split(newest)
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), stem+"-") {
			errs = append(errs, os.Remove(filepath.Join(dir, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// newLogger logs to out through the redacting writer.
func newLogger(out io.Writer, level zerolog.Level) zerolog.Logger {
	return zerolog.New(Redact(out)).Level(level).Hook(clock{})
}

// prepare sets the file modes, which the rotating writer would leave unchanged.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the log's folder: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder needs its x
		return fmt.Errorf("close the log's folder to others: %w", err)
	}
	name := filepath.Join(dir, FileName)
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("make the log file: %w", err)
	}
	return errors.Join(file.Chmod(0o600), file.Close())
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
