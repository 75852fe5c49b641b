package keyring

import (
	system "github.com/99designs/keyring"
	"github.com/godbus/dbus/v5"
)

const kwalletPlace = "KWallet"

// openers returns the Secret Service, which most desktops have, then KWallet
// for those that offer no Secret Service.
func openers(service string) []opener {
	prefix := service + "/"
	secrets := opener{kind: secretsName, open: func() (store, error) { return openSecretService(prefix) }, running: owned(secretsName)}
	wallet := openLibrary(system.Config{
		AllowedBackends: []system.BackendType{system.KWalletBackend},
		ServiceName:     "kdewallet", // the wallet that KDE makes for everyone
		KWalletAppID:    service,
		KWalletFolder:   service,
	}, library{place: kwalletPlace, prefix: prefix, refusesSilently: true})
	wallet.running = owned("org.kde.kwalletd5")
	return []opener{secrets, wallet}
}

// owned reports whether the name has an owner on the session bus.
func owned(name string) func() bool {
	return func() bool {
		bus, err := dbus.ConnectSessionBus()
		if err != nil {
			return false
		}
		defer bus.Close()
		var running bool
		err = bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&running)
		return err == nil && running
	}
}

// placeName is a place's name for a person.
func placeName(place string) string { return dbusName(dbus.ObjectPath(place)) }
