package profile

import (
	"context"
	"time"
)

// Traffic is what all processes of a store know of the requests that they send
// to the clinic, so that together they keep to its limit. Its times are those
// of the store's clock: see TrafficStore.
type Traffic struct {
	Places []Place
	Closing
	// Person is until when a person waits for a place, so that nobody else takes
	// the next one.
	Person time.Duration
}

// Place is the place of one request within the limit.
type Place struct {
	Until time.Duration // when it is free again, at the latest
	// Holder is the process that has reserved it and has not said yet when its
	// request ended; 0: it has.
	Holder int64
}

// Closing is the last time that the clinic asked to wait. No request is sent
// for the time For after At. The zero Closing is none.
type Closing struct{ At, For time.Duration }

// TrafficStore holds the Traffic of all processes of one store. Processes
// reserve places in small blocks, so that it is asked for few of the requests.
//
// Errors carry one of the codes of this computer.
type TrafficStore interface {
	// Now is a monotonic clock that is the same for all processes of the store
	// and includes time asleep. It may begin again, when the computer starts.
	Now() time.Duration

	// Closing returns the last Closing. It is asked for before each request, so
	// it has to be cheap.
	Closing(ctx context.Context) (Closing, error)

	// UpdateTraffic calls update once with what is known, and stores the result,
	// in one transaction that excludes those of other processes.
	UpdateTraffic(ctx context.Context, update func(now time.Duration, t *Traffic)) error
}
