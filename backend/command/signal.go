package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"telehab.io/desktop/backend/syncer"
)

// The exit codes after a signal are 128 and its number, as a shell's.
const (
	exitInterrupt = 130 // Ctrl-C
	exitTerminate = 143 // SIGTERM
)

// graceful is how long a command may take to end after a signal. What it has
// begun to store is stored in far less.
const graceful = 10 * time.Second

// signalled is the cause of a context that a signal has ended.
type signalled struct{ signal os.Signal }

func (s signalled) Error() string { return "ended by the signal " + s.signal.String() }

// Is says that whatever ends by a signal was cancelled. SIGTERM, by which a
// computer that shuts down ends a program, leaves a pass as a kill would, so that
// it is resumed by itself. Ctrl-C is a person's, who does not want it now.
func (s signalled) Is(target error) bool {
	return target == context.Canceled || target == syncer.ErrClosing && s.signal == syscall.SIGTERM
}

func (s signalled) exitCode() int {
	if s.signal == syscall.SIGTERM {
		return exitTerminate
	}
	return exitInterrupt
}

// UntilSignal returns a context that Ctrl-C or SIGTERM ends. The program ends
// with the signal's exit code if it has not ended by itself ten seconds later,
// or at a second signal: something may wait that no context ends, such as a
// write to a pipe that nobody reads. stop restores what signals do otherwise.
func UntilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	stopped := make(chan struct{})
	go func() {
		select {
		case <-stopped:
			return
		case first := <-signals:
			ended := signalled{first}
			cancel(ended)
			select {
			case <-stopped:
			case <-signals:
				os.Exit(ended.exitCode())
			case <-time.After(graceful):
				os.Exit(ended.exitCode())
			}
		}
	}()
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(stopped)
		cancel(context.Canceled)
	})
}

// exitCodeOf returns the exit code of a command that ended with an error.
func exitCodeOf(ctx context.Context, code int) int {
	var ended signalled
	if errors.As(context.Cause(ctx), &ended) {
		return ended.exitCode()
	}
	return code
}

// ask does what waits for a person or another program, and returns when it has
// an answer or the context has ended: no read can be ended itself. The read
// continues in its goroutine, which ends with the program.
func ask[T any](ctx context.Context, t *Terminal, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := read()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		_, _ = fmt.Fprintln(t.Err) // leaves the line of the question
		var none T
		return none, ctx.Err()
	}
}
