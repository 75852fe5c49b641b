package profile

import (
	"context"
	"time"
)

// DeliveryState says how far a client is on the way to VALD Hub.
type DeliveryState string

// The states. Each client to be delivered is in exactly one of the first six.
const (
	DeliveryPending   DeliveryState = "pending"         // to be sent, or to be found the same as what was sent
	DeliveryUnsure    DeliveryState = "unsure"          // sent, and nobody knows whether it arrived: to be read before anything else is sent
	DeliveryAccepted  DeliveryState = "accepted"        // taken, and not seen there yet
	DeliveryHeld      DeliveryState = "held"            // not to be sent for now: see Reason
	DeliveryAttention DeliveryState = "needs_attention" // a person has to do something: see Reason
	DeliveryConfirmed DeliveryState = "confirmed"       // read there
	// DeliveryLeft is of a client who was sent and has left Cliniko. Nothing is
	// deleted in VALD Hub: a person decides.
	DeliveryLeft DeliveryState = "left"
)

// DeliveryStates are all of them.
var DeliveryStates = []DeliveryState{DeliveryPending, DeliveryUnsure, DeliveryAccepted, DeliveryHeld, DeliveryAttention, DeliveryConfirmed, DeliveryLeft}

// Delivery is a client's place in the outbox. The store makes it in the same
// transaction as the client's change; a sender settles it. What is sent is not
// in it: it is made anew of the client.
type Delivery struct {
	Ref    string
	State  DeliveryState
	Reason string // a code of the sender's; "" for none
	// Version grows with each change of the client, and of what a person decides.
	Version int64
	Since   time.Time // when it was first confirmed; zero: it is not
	Due     time.Time // not to be looked at before; zero: now
	Tries   int       // in vain
	DeliveryDetails
}

// DeliveryDetails are what a store has only sealed.
type DeliveryDetails struct {
	ProfileID string // VALD's; "" while none is known
	// Sent is a hash of the last that was sent, Seen one of what can be read of that
	// there, and Listed one of what the list has of it; "" for nothing.
	Sent, Seen, Listed string
	// SentAt is when that began.
	SentAt time.Time
	// Candidates are VALD's ids of the profiles that are likely the client's.
	Candidates []string
	// What a person has decided: of which profiles the client's is none, which one it
	// is, and that the email is left out.
	Different    []string
	Same         string
	WithoutEmail bool
	// RefusedHash is of what VALD Hub did not take, and RefusedAt when that was.
	RefusedHash string
	RefusedAt   time.Time
	// Said is why, by field.
	Said map[string][]string
}

// Known says that VALD Hub may have a profile of the client that was sent from here.
func (d *DeliveryDetails) Known() bool { return d.ProfileID != "" || d.Sent != "" }

// Sending is how a clinic sends to VALD Hub. Its zero value sends nothing.
type Sending struct {
	On     bool
	Tenant string // VALD's id of the organisation
	// OtherSex is what is sent for a sex that is neither Male nor Female: Unknown,
	// NotApplicable, or "" for nobody has decided, which holds these clients.
	OtherSex string
	// The clinic's answers, without which nobody is sent.
	CreatedByAdult, GuardianConsent, PhotoVideoConsent *bool
	// Compared is when all that was sent was last read back, and Deviations of how
	// many clients somebody had changed it. RecordComparison sets them.
	Compared   time.Time
	Deviations int
}

// Decided says that the three consent answers are given.
func (s *Sending) Decided() bool {
	return s.CreatedByAdult != nil && s.GuardianConsent != nil && s.PhotoVideoConsent != nil
}

// Ledger counts the clients to be delivered: the active ones.
type Ledger struct {
	Eligible       int `json:"eligible"`
	Confirmed      int `json:"confirmed"`
	Pending        int `json:"pending"`
	Held           int `json:"held"`
	NeedsAttention int `json:"needs_attention"`
	// Left are not among Eligible.
	Left int `json:"left"`
}

// Sums says that each client is in exactly one state.
func (l Ledger) Sums() bool {
	return l.Eligible == l.Confirmed+l.Pending+l.Held+l.NeedsAttention
}

// Add counts n deliveries of a state.
func (l *Ledger) Add(state DeliveryState, n int) {
	switch state {
	case DeliveryPending, DeliveryUnsure, DeliveryAccepted:
		l.Pending += n
	case DeliveryHeld:
		l.Held += n
	case DeliveryAttention:
		l.NeedsAttention += n
	case DeliveryConfirmed:
		l.Confirmed += n
	case DeliveryLeft:
		l.Left += n
	}
}

// DeliveryQuery chooses deliveries.
type DeliveryQuery struct {
	States []DeliveryState
	DueBy  time.Time // zero: whenever they are due
	Most   int       // 0: all
}

// DeliveryStore is the outbox for VALD Hub. It is empty, and stays so, until
// SetSending turns sending on.
type DeliveryStore interface {
	// Sending returns how the clinic sends.
	Sending(ctx context.Context) (Sending, error)
	// SetSending changes that. Turned on, everybody who is not in the outbox is added
	// in the same transaction; for another organisation everybody begins anew. With
	// other answers everybody is pending again: whoever is the same as what was sent
	// is not sent.
	SetSending(ctx context.Context, s Sending) error
	// Ledger counts as of one moment. It is zero while sending is off.
	Ledger(ctx context.Context) (Ledger, error)
	// Deliveries returns those that match, the ones due first first.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]Delivery, error)
	// Delivery returns a client's, or NotFound.
	Delivery(ctx context.Context, ref string) (Delivery, error)
	// Settle stores a delivery. Where its Version is not the stored one, because the
	// client has changed or a person has decided meanwhile, it is stored as
	// pending, or as unsure or accepted if that is what it was to become, and Settle
	// reports false. One that is gone stays so.
	Settle(ctx context.Context, d Delivery) (current bool, err error)
	// DecideDelivery changes what a person decides of a delivery, which then is pending.
	//
	// Errors: NotFound, and that of change.
	DecideDelivery(ctx context.Context, ref string, change func(*Delivery) error) error
	// RecordComparison stores when all was compared, and has those in these states looked
	// at again.
	RecordComparison(ctx context.Context, compared time.Time, deviations int, again ...DeliveryState) error
}

// Overtaken is the delivery where what it is about has changed meanwhile: it is
// to be looked at again. A state of the store's that must not be lost stays.
func (d Delivery) Overtaken(stored DeliveryState) Delivery {
	if stored == DeliveryLeft {
		d.State, d.Reason = DeliveryLeft, ""
		return d
	}
	if d.State != DeliveryUnsure && d.State != DeliveryAccepted {
		d.State = DeliveryPending
	}
	d.Reason, d.Due, d.Tries = "", time.Time{}, 0
	return d
}
