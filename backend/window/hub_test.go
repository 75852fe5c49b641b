package window

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// A profile says since when it is in VALD Hub, or why it is not, once clients are
// sent there.
func TestAProfileSaysWhetherItIsInVALDHub(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 73, Patients: 10})
	f.signUpAndConnect()
	f.imported()
	page := f.page(ProfileQuery{Filter: "all", Limit: 10})
	id := page.Rows[0].ID
	get := func() *HubView {
		t.Helper()
		view, err := f.app.Profiles.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		return view.Hub
	}
	if hub := get(); hub != nil {
		t.Errorf("%+v while nothing is sent", hub)
	}
	store, err := f.clinic().Workspace.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	no := false
	if err := store.SetSending(t.Context(), profile.Sending{On: true, Tenant: "7e000000-0000-4000-8000-000000000001", CreatedByAdult: &no, GuardianConsent: &no, PhotoVideoConsent: &no}); err != nil {
		t.Fatal(err)
	}
	if hub := get(); hub == nil || hub.Since != "" || hub.Why != "It is sent to VALD Hub after the next sync." {
		t.Errorf("%+v", hub)
	}
	settle := func(state profile.DeliveryState, reason string) {
		t.Helper()
		d, err := store.Delivery(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		d.State, d.Reason, d.Since = state, reason, f.computer.Clock()
		if current, err := store.Settle(t.Context(), d); err != nil || !current {
			t.Fatal(current, err)
		}
	}
	settle(profile.DeliveryConfirmed, "")
	if hub := get(); hub == nil || hub.Since == "" || hub.Why != "" {
		t.Errorf("%+v", hub)
	}
	settle(profile.DeliveryAttention, "email_in_use")
	if hub := get(); hub == nil || !strings.HasPrefix(hub.Why, "Another profile in VALD Hub has this email") {
		t.Errorf("%+v", hub)
	}
}
