package keyring

func saysLocked(err error) bool { return keychainLocked(keychainStatus(err)) }

func saysMissing(err error) bool { return keychainMissing(keychainStatus(err)) }
