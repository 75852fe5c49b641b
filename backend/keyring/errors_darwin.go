package keyring

func saysLocked(err error) bool { return keychainState(keychainStatus(err)) == stateLocked }

func saysMissing(err error) bool { return keychainState(keychainStatus(err)) == stateMissing }
