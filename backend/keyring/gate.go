package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// errNoAnswer means that the keyring did not answer within the limit, or that
// an earlier call is still waiting for it.
var errNoAnswer = errors.New("no answer in time")

// gate runs one step at a time and waits for it no longer than limit. A step
// that does not return is abandoned in its goroutine, because the libraries
// below offer no way to end it; until it returns, run fails at once, so that
// there is never more than one.
type gate struct {
	limit time.Duration
	slot  chan struct{}

	mu      sync.Mutex
	hanging bool
}

func newGate(limit time.Duration) *gate {
	return &gate{limit: limit, slot: make(chan struct{}, 1)}
}

func (g *gate) run(ctx context.Context, step func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if g.isHanging() {
		return errNoAnswer
	}
	timer := time.NewTimer(g.limit)
	defer timer.Stop()
	select {
	case g.slot <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errNoAnswer
	}
	done := make(chan error, 1)
	go g.runStep(step, done)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return g.giveUp(done)
	}
}

// runStep runs the step and frees the gate. The libraries below use type
// assertions on what other programs send, so it turns a panic into an error.
func (g *gate) runStep(step func() error, done chan<- error) {
	err := fmt.Errorf("the keyring library stopped")
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the keyring answered out of protocol: %v", r)
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.hanging = false
		done <- err
		<-g.slot
	}()
	err = step()
}

// giveUp marks the gate as hanging, unless the step has just ended.
func (g *gate) giveUp(done <-chan error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case err := <-done:
		return err
	default:
		g.hanging = true
		return errNoAnswer
	}
}

func (g *gate) isHanging() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hanging
}
