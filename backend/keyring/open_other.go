//go:build !linux

package keyring

import system "github.com/99designs/keyring"

func openers(service string) []opener {
	return []opener{
		openLibrary(system.Config{
			AllowedBackends: []system.BackendType{system.WinCredBackend},
			ServiceName:     service,
			WinCredPrefix:   service,
		}, library{place: "Windows Credential Manager"}),
		openLibrary(system.Config{
			AllowedBackends: []system.BackendType{system.KeychainBackend},
			ServiceName:     service,
			// The default (login) keychain, only on this computer, readable by
			// this program without a prompt and by others only with one.
			KeychainTrustApplication:       true,
			KeychainSynchronizable:         false,
			KeychainAccessibleWhenUnlocked: true,
		}, library{place: "macOS Keychain"}),
	}
}

// placeName is a place's name for a person.
func placeName(place string) string { return place }
