package cliniko

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

// ownTraffic is a profile.TrafficStore of this process alone.
type ownTraffic struct {
	began   time.Time
	mu      sync.Mutex
	traffic profile.Traffic
}

func newOwnTraffic() *ownTraffic { return &ownTraffic{began: time.Now()} }

func (o *ownTraffic) Now() time.Duration { return time.Since(o.began) }

func (o *ownTraffic) Closing(context.Context) (profile.Closing, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.traffic.Closing, nil
}

func (o *ownTraffic) UpdateTraffic(ctx context.Context, update func(time.Duration, *profile.Traffic)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	update(o.Now(), &o.traffic)
	return nil
}
