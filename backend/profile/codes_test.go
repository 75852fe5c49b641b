package profile_test

import (
	"testing"

	"telehab.io/desktop/backend/profile"
)

// Which codes mean that a pass did not reach Cliniko, and after which ones it
// resumes.
func TestEndsOfPasses(t *testing.T) {
	for code, want := range map[profile.Code]struct{ unreached, resumable bool }{
		"":        {false, false},
		"offline": {true, true}, "timed_out": {true, true}, "login_page": {true, true}, "connection_blocked": {true, true},
		"proxy_unreadable": {true, true}, "proxy_unreachable": {true, true}, "proxy_sign_in": {true, true}, "proxy_refused": {true, true},
		"proxy_script": {true, true}, "tls_failed": {true, true}, "certificate_untrusted": {true, true}, "clock_wrong": {true, true},
		"rate_limited": {false, true}, "cliniko_trouble": {false, true}, "answer_incomplete": {false, true},
		"key_refused": {false, true}, "key_forbidden": {false, true}, "cancelled": {false, true}, "store_busy": {false, true},
		"store_full": {false, true}, "database_unreachable": {false, true}, "internal": {false, true},
		"answer_too_large": {false, false}, "request_rejected": {false, false}, "other_clinic": {false, false}, "not_connected": {false, false},
		"key_malformed": {false, false}, "key_shard": {false, false}, "mass_disappearance": {false, false}, "sync_running": {false, false},
		"store_damaged": {false, false}, "store_unreadable": {false, false}, "store_key_lost": {false, false}, "store_too_new": {false, false},
		"keyring_missing": {false, false}, "keyring_locked": {false, false}, "not_found": {false, false}, "invalid": {false, false},
		"not_permitted": {false, false}, "signed_out": {false, false}, "sign_in_refused": {false, false},
	} {
		if profile.Unreached(code) != want.unreached || profile.Resumable(code) != want.resumable {
			t.Errorf("%q: %v, %v", code, profile.Unreached(code), profile.Resumable(code))
		}
	}
}
