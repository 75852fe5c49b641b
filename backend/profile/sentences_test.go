package profile_test

import (
	"errors"
	"testing"

	"telehab.io/desktop/backend/profile"
)

func TestEveryCodeThatAPassStopsAtHasItsSentence(t *testing.T) {
	cause := errors.New("4711 of the log")
	seen := map[string]profile.Code{}
	for _, code := range []profile.Code{profile.KeyRefused, profile.KeyForbidden, profile.OtherClinic, profile.ClinicRejected,
		profile.Offline, profile.TimedOut, profile.LoginPage, profile.RateLimited, profile.ClinicTrouble, profile.AnswerTooLarge,
		profile.AnswerIncomplete, profile.ConnectionBlocked, profile.ProxyUnreadable, profile.ProxyUnreachable, profile.ProxySignIn,
		profile.ProxyRefused, profile.ProxyScript, profile.TLSFailed, profile.CertificateUntrusted, profile.ClockWrong,
		profile.StoreKeyLost, profile.StoreMissing, profile.StoreCorrupt, profile.StoreDamaged, profile.StoreBusy, profile.StoreFull, profile.StoreUnreadable, profile.Gone, profile.Internal} {
		err := profile.Because(code, cause)
		if other, again := seen[err.Message]; again || err.Message == "" {
			t.Errorf("%s says the same as %s: %q", code, other, err.Message)
		}
		seen[err.Message] = code
		if profile.CodeOf(err) != code || !errors.Is(err, cause) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if profile.Because(profile.Internal, nil).Message != profile.MessageOf(cause) {
		t.Error("two general sentences")
	}
}
