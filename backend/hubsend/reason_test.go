package hubsend

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// Whoever is not confirmed has a sentence, which says what to do where somebody can.
func TestExplain(t *testing.T) {
	for reason := range sentences {
		d := profile.Delivery{State: profile.DeliveryAttention, Reason: reason}
		if said := Explain(&d); !strings.HasSuffix(said, ".") {
			t.Errorf("%s: %q", reason, said)
		}
	}
	for state, want := range map[profile.DeliveryState]string{
		"": "", profile.DeliveryConfirmed: "",
		profile.DeliveryPending:  "It is sent to VALD Hub after the next sync.",
		profile.DeliveryUnsure:   "It was sent to VALD Hub, which does not show it yet.",
		profile.DeliveryAccepted: "It was sent to VALD Hub, which does not show it yet.",
		profile.DeliveryLeft:     "The client has left Cliniko and may still be in VALD Hub, from where TeleHab deletes nobody.",
	} {
		if said := Explain(&profile.Delivery{State: state}); said != want {
			t.Errorf("%s: %q", state, said)
		}
	}
}
