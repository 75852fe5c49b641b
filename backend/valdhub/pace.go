package valdhub

import (
	"context"
	"time"
)

// pace lets requests begin one by one, with some time between two beginnings. A
// token bucket would let one follow sooner that comes after a late one.
type pace struct {
	every time.Duration
	last  chan time.Time // has one value: when the last request began
}

func newPace(every time.Duration) *pace {
	p := &pace{every, make(chan time.Time, 1)}
	p.last <- time.Time{}
	return p
}

// turn waits for the turn of one request, and returns when it has begun.
func (p *pace) turn(ctx context.Context) (time.Time, error) {
	var last time.Time
	select {
	case last = <-p.last:
	case <-ctx.Done():
		return time.Time{}, context.Cause(ctx)
	}
	timer := time.NewTimer(time.Until(last.Add(p.every)))
	defer timer.Stop()
	select {
	case <-timer.C:
		now := time.Now()
		p.last <- now
		return now, nil
	case <-ctx.Done():
		p.last <- last
		return time.Time{}, context.Cause(ctx)
	}
}
