package keyring_test

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// wallet implements the used part of KWallet's D-Bus interface, with the
// answers of kwalletd5: a refused wallet has the handle -1, reads as empty and
// never reports an error.
type wallet struct {
	refused bool
	mu      sync.Mutex
	entries map[string][]byte
}

func (w *wallet) offer(t *testing.T) {
	t.Helper()
	bus := connect(t)
	methods := map[string]any{
		"isOpen":      func(handle int32) (bool, *dbus.Error) { return handle == 1, nil },
		"open":        w.open,
		"readEntry":   w.read,
		"writeEntry":  w.write,
		"removeEntry": w.remove,
	}
	if err := bus.ExportMethodTable(methods, "/modules/kwalletd5", "org.kde.KWallet"); err != nil {
		t.Fatalf("export the wallet: %v", err)
	}
	claim(t, bus, "org.kde.kwalletd5")
}

func (w *wallet) open(string, int64, string) (int32, *dbus.Error) {
	if w.refused {
		return -1, nil
	}
	return 1, nil
}

func (w *wallet) read(_ int32, folder, key, _ string) ([]byte, *dbus.Error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.entries[folder+"\x00"+key], nil
}

func (w *wallet) write(_ int32, folder, key string, value []byte, _ string) (int32, *dbus.Error) {
	if w.refused {
		return -1, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries[folder+"\x00"+key] = value
	return 0, nil
}

func (w *wallet) remove(_ int32, folder, key, _ string) (int32, *dbus.Error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.entries, folder+"\x00"+key)
	return 0, nil
}

func TestKWalletServesWhereThereIsNoSecretService(t *testing.T) {
	if !inTrouble(t, "wallet", onBareBus(t)) {
		return
	}
	(&wallet{entries: map[string][]byte{}}).offer(t)
	k := keyring.Open("TeleHab test")
	if _, found, err := k.Get(t.Context(), "key"); found || err != nil {
		t.Fatalf("a name never used: found %v, error %v", found, err)
	}
	mustSet(t, k, "key", []byte{0, 1, 255})
	if got := mustGet(t, k, "key"); string(got) != "\x00\x01\xff" {
		t.Fatalf("read %q", got)
	}
	if err := k.Delete(t.Context(), "key"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if _, found, err := k.Get(t.Context(), "key"); found || err != nil {
		t.Fatalf("after Delete: found %v, error %v", found, err)
	}
}

// A wallet that a person refused to open must not look like one that lost the
// store's key: that would reset the store.
func TestRefusedKWalletIsNotAnEmptyOne(t *testing.T) {
	if !inTrouble(t, "refused wallet", onBareBus(t)) {
		return
	}
	(&wallet{refused: true}).offer(t)
	k := keyring.Open("TeleHab test")
	for range 2 {
		if _, _, err := k.Get(t.Context(), "key"); profile.CodeOf(err) != profile.KeyringLocked {
			t.Errorf("Get: %v", err)
		}
		if err := k.Set(t.Context(), "key", []byte("x")); profile.CodeOf(err) != profile.KeyringLocked {
			t.Errorf("Set: %v", err)
		}
	}
}
