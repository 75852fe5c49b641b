package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// both runs a test on the system keyring and on the one in memory, which have
// to behave alike.
func both(t *testing.T, test func(t *testing.T, k *keyring.Keyring)) {
	t.Run("system", func(t *testing.T) { test(t, keyring.Open("TeleHab test "+t.Name())) })
	t.Run("memory", func(t *testing.T) { test(t, keyring.Memory()) })
}

func mustGet(t *testing.T, k *keyring.Keyring, name string) []byte {
	t.Helper()
	value, found, err := k.Get(t.Context(), name)
	if err != nil || !found {
		t.Fatalf("Get(%q): found %v, error %v", name, found, err)
	}
	return value
}

func mustSet(t *testing.T, k *keyring.Keyring, name string, value []byte) {
	t.Helper()
	if err := k.Set(t.Context(), name, value); err != nil {
		t.Fatalf("Set(%q): %v", name, err)
	}
}

func TestValuesComeBackByteForByte(t *testing.T) {
	both(t, func(t *testing.T, k *keyring.Keyring) {
		allBytes := make([]byte, 256)
		for i := range allBytes {
			allBytes[i] = byte(i)
		}
		longest := bytes.Repeat([]byte{0, 255}, keyring.MaxValue/2)
		for _, value := range [][]byte{{0}, allBytes, longest} {
			mustSet(t, k, "key", value)
			if got := mustGet(t, k, "key"); !bytes.Equal(got, value) {
				t.Fatalf("wrote %d bytes, read %d others", len(value), len(got))
			}
		}
	})
}

func TestOverwriteAndDelete(t *testing.T) {
	both(t, func(t *testing.T, k *keyring.Keyring) {
		if _, found, err := k.Get(t.Context(), "never"); found || err != nil {
			t.Fatalf("a name never used: found %v, error %v", found, err)
		}
		mustSet(t, k, "a", []byte("one"))
		mustSet(t, k, "b", []byte("other"))
		mustSet(t, k, "a", []byte("two"))
		if got := mustGet(t, k, "a"); string(got) != "two" {
			t.Fatalf("after overwriting: %q", got)
		}
		for range 2 { // the second time there is nothing left, which is fine
			if err := k.Delete(t.Context(), "a"); err != nil {
				t.Fatalf("Delete: %v", err)
			}
		}
		if _, found, err := k.Get(t.Context(), "a"); found || err != nil {
			t.Fatalf("after Delete: found %v, error %v", found, err)
		}
		if got := mustGet(t, k, "b"); string(got) != "other" {
			t.Fatalf("the neighbour became %q", got)
		}
	})
}

func TestValueOutlivesTheHandleButNotTheService(t *testing.T) {
	mustSet(t, keyring.Open("TeleHab test one"), "key", []byte("kept"))
	if got := mustGet(t, keyring.Open("TeleHab test one"), "key"); string(got) != "kept" {
		t.Fatalf("a new handle reads %q", got)
	}
	if _, found, err := keyring.Open("TeleHab test two").Get(t.Context(), "key"); found || err != nil {
		t.Fatalf("another service: found %v, error %v", found, err)
	}
}

func TestProbeLeavesNothing(t *testing.T) {
	both(t, func(t *testing.T, k *keyring.Keyring) {
		if err := k.Probe(t.Context()); err != nil {
			t.Fatalf("Probe: %v", err)
		}
		if _, found, err := k.Get(t.Context(), "probe"); found || err != nil {
			t.Fatalf("the probe's item: found %v, error %v", found, err)
		}
	})
}

func TestConcurrentCallsAllSucceed(t *testing.T) {
	both(t, func(t *testing.T, k *keyring.Keyring) {
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				name := string(rune('a' + i))
				if err := k.Set(t.Context(), name, []byte(name)); err != nil {
					t.Errorf("Set(%q): %v", name, err)
				}
				if got, _, err := k.Get(t.Context(), name); err != nil || string(got) != name {
					t.Errorf("Get(%q) = %q, %v", name, got, err)
				}
			})
		}
		group.Wait()
	})
}

func TestRefusedValuesStayOutOfTheError(t *testing.T) {
	both(t, func(t *testing.T, k *keyring.Keyring) {
		if err := k.Set(t.Context(), "key", nil); err == nil {
			t.Error("an empty value was taken")
		}
		err := k.Set(t.Context(), "key", bytes.Repeat([]byte("s3cret"), keyring.MaxValue))
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("an oversized value: %v", err)
		}
	})
}

func TestCancelledCallDoesNothing(t *testing.T) {
	both(t, func(t *testing.T, k *keyring.Keyring) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := k.Set(ctx, "key", []byte("x")); !errors.Is(err, context.Canceled) || profile.CodeOf(err) != profile.Cancelled {
			t.Fatalf("Set with a cancelled context: %v", err)
		}
		if _, found, err := k.Get(t.Context(), "key"); found || err != nil {
			t.Fatalf("afterwards: found %v, error %v", found, err)
		}
	})
}
