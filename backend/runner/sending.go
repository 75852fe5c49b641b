package runner

import (
	"context"
	"time"
)

// The times of sending to VALD Hub.
const (
	// sendEvery is how often it is looked for what is due, such as after a pass of
	// another process, or what has to be read back.
	sendEvery = time.Minute
	// sendAgain is after how long it is tried again after it did not work.
	sendAgain = 5 * time.Minute
)

// SendWith has send called after each pass, and every minute, one call at a time: it
// sends to VALD Hub what is due there. Only the computer that syncs sends. SendWith is
// called before Start.
func (b *Background) SendWith(send func(context.Context) error) { b.send = send }

// sendWhenDue sends until ctx ends.
func (b *Background) sendWhenDue(ctx context.Context) {
	for {
		wait := sendEvery
		if err := b.sendNow(ctx); err != nil {
			wait = sendAgain
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-b.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (b *Background) sendNow(ctx context.Context) error {
	if err := b.runner.workspace.MaySync(ctx); err != nil {
		return nil //nolint:nilerr // another computer sends
	}
	err := b.send(ctx)
	if ctx.Err() == nil {
		b.runner.failures.record("send to VALD Hub", err)
	}
	return err
}

// SendSoon says that there may be something to send: a pass has brought it, or a person
// has decided something about it.
func (b *Background) SendSoon() {
	select {
	case b.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// thenSend does what has to be done after a pass that somebody else has run, and
// wakes the sending.
func (b *Background) thenSend(passEnded func(error)) func(error) {
	return func(err error) {
		passEnded(err)
		if err == nil {
			b.SendSoon()
		}
	}
}
