package hubsend_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// wrongSenders are senders as they are often written: what is around the real one
// undoes a part of it. The histories have to catch each, for its reason.
var wrongSenders = map[string]struct {
	wrap   func(hubsend.Store, hubsend.Hub) (hubsend.Store, hubsend.Hub)
	reason string
}{
	"sends before it says so": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, change: func(d *profile.Delivery) bool { return d.State != profile.DeliveryUnsure }}, h
	}, "imports were applied"},
	"sends again what got no answer": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return s, &hub{Hub: h, again: true}
	}, "imports were applied"},
	"sends what has not changed": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, change: func(d *profile.Delivery) bool {
			if d.State == profile.DeliveryConfirmed {
				d.Sent = "?"
			}
			return true
		}}, h
	}, "imports were applied"},
	"does not look who is there": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return s, &hub{Hub: h, rows: func(r valdhub.Row) bool { return r.SyncID != "" }}
	}, "is created over|was changed"},
	"looks only at other systems' people": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return s, &hub{Hub: h, rows: func(r valdhub.Row) bool { return !strings.HasPrefix(r.SyncID, "other-") }}
	}, "is created over"},
	"does not look at emails": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return s, &hub{Hub: h, blind: true}
	}, "who has the email|was changed|imports were applied"},
	"settles whatever has changed meanwhile": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, always: true}, h
	}, "there: |is to be held|nobody there|does not sum"},
	"forgets the profile's id": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, change: func(d *profile.Delivery) bool {
			d.ProfileID = ""
			return true
		}}, h
	}, "there: |nothing that ends|no reason|imports were applied"},
	"confirms what it was told is taken, and never what it was not": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, change: func(d *profile.Delivery) bool {
			if d.State == profile.DeliveryUnsure {
				d.State = profile.DeliveryConfirmed
			}
			return true
		}}, h
	}, "there: "},
	"sends whoever refused the privacy policy": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, private: true}, h
	}, "is to be held"},
	"says that a refused one is confirmed": {func(s hubsend.Store, h hubsend.Hub) (hubsend.Store, hubsend.Hub) {
		return &settling{Store: s, change: func(d *profile.Delivery) bool {
			if d.State == profile.DeliveryAttention {
				d.State, d.Since = profile.DeliveryConfirmed, begun
			}
			return true
		}}, h
	}, "there: "},
}

// settling changes what a sender stores, or leaves it out.
type settling struct {
	hubsend.Store
	change  func(*profile.Delivery) bool
	always  bool // whatever the version is
	private bool // hides answers to the privacy policy
}

func (s *settling) Settle(ctx context.Context, d profile.Delivery) (bool, error) {
	if s.change != nil && !s.change(&d) {
		return true, nil
	}
	if s.always {
		if now, err := s.Delivery(ctx, d.Ref); err == nil {
			d.Version = now.Version
		}
	}
	return s.Store.Settle(ctx, d)
}

func (s *settling) One(ctx context.Context, ref string) (profile.Entry, error) {
	e, err := s.Store.One(ctx, ref)
	if s.private {
		e.Profile.AcceptedPrivacyPolicy = nil
	}
	return e, err
}

// hub changes what a sender sees of VALD Hub.
type hub struct {
	hubsend.Hub
	rows  func(valdhub.Row) bool // those that it sees
	blind bool                   // sees no emails
	again bool                   // sends again what got no answer
}

func (h *hub) Profiles(ctx context.Context, tenant string) ([]valdhub.Row, error) {
	rows, err := h.Hub.Profiles(ctx, tenant)
	if h.rows != nil {
		rows = slices.DeleteFunc(rows, func(r valdhub.Row) bool { return !h.rows(r) })
	}
	return rows, err
}

func (h *hub) Profile(ctx context.Context, tenant, id string) (valdhub.Detail, error) {
	d, err := h.Hub.Profile(ctx, tenant, id)
	if h.blind {
		d.Email = ""
	}
	return d, err
}

func (h *hub) Import(ctx context.Context, what valdhub.Import) error {
	err := h.Hub.Import(ctx, what)
	if h.again && profile.CodeOf(err) == profile.Offline {
		err = h.Hub.Import(ctx, what)
	}
	return err
}

// In make nightly: the names of what it runs begin so.
func TestHistoriesCatchWrongSenders(t *testing.T) {
	if os.Getenv("TELEHAB_HISTORIES") == "" {
		t.Skip("takes 15 seconds")
	}
	for name, wrong := range wrongSenders {
		t.Run(name, func(t *testing.T) {
			rapidFlags(t, max(histories(), 300)) // it needs few: about ten
			if err := flag.Set("rapid.shrinktime", "0s"); err != nil {
				t.Fatal(err)
			}
			verdict := &verdict{T: t}
			var checking sync.WaitGroup
			checking.Go(func() { // a verdict ends its goroutine
				rapid.Check(verdict, func(rt *rapid.T) { runHistory(rt, wrong.wrap) })
			})
			checking.Wait()
			if !regexp.MustCompile(wrong.reason).MatchString(verdict.text) {
				t.Fatalf("the histories did not catch it: %q", verdict.text)
			}
			t.Log(strings.SplitN(verdict.text, "\n", 2)[0])
		})
	}
}

// verdict is a test that may fail without failing the one it is a part of.
type verdict struct {
	*testing.T
	text string
}

func (v *verdict) Errorf(format string, values ...any) { v.text = fmt.Sprintf(format, values...) }
func (v *verdict) Failed() bool                        { return v.text != "" }
func (v *verdict) FailNow()                            { runtime.Goexit() }
func (v *verdict) Logf(string, ...any)                 {}
func (v *verdict) Log(...any)                          {}
