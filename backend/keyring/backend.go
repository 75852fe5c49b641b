package keyring

import (
	"errors"

	system "github.com/99designs/keyring"
)

// backend is one opened store of the operating system.
type backend struct {
	ring system.Keyring
	// prefix stands before every name where all programs share one name space.
	prefix string
	// refusesSilently: a store that nobody may open answers "not found"
	// instead of an error, so that absence has to be proved.
	refusesSilently bool
}

func (b *backend) key(name string) string { return b.prefix + name }

// openSystem opens the first store that answers. Only the four stores that
// the operating systems protect are tried; never a file, pass or keyctl.
func openSystem(service string) (*backend, error) {
	var failures []error
	for _, candidate := range candidates(service) {
		ring, err := system.Open(candidate.config)
		if err == nil {
			opened := candidate.backend
			opened.ring = ring
			return &opened, nil
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

type candidate struct {
	config  system.Config
	backend backend
}

func candidates(service string) []candidate {
	return []candidate{
		{config: system.Config{
			AllowedBackends: []system.BackendType{system.WinCredBackend},
			ServiceName:     service,
			WinCredPrefix:   service,
		}},
		{config: system.Config{
			AllowedBackends: []system.BackendType{system.KeychainBackend},
			ServiceName:     service,
			// The default (login) keychain, only on this computer, readable
			// by this program without a question and by others only with one.
			KeychainTrustApplication:       true,
			KeychainSynchronizable:         false,
			KeychainAccessibleWhenUnlocked: true,
		}},
		{config: system.Config{
			AllowedBackends: []system.BackendType{system.SecretServiceBackend},
			ServiceName:     service,
			// Unlocked with the session. Any other collection would have to
			// be made first, which asks for a password and waits.
			LibSecretCollectionName: "login",
		}, backend: backend{prefix: service + "/"}},
		{config: system.Config{
			AllowedBackends: []system.BackendType{system.KWalletBackend},
			ServiceName:     "kdewallet", // the wallet that KDE makes for everyone
			KWalletAppID:    service,
			KWalletFolder:   service,
		}, backend: backend{prefix: service + "/", refusesSilently: true}},
	}
}
