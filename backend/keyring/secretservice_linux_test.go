package keyring_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/profile"
)

// onSecrets runs a test in a session of its own whose Secret Service has
// collections of these names.
func onSecrets(t *testing.T, names []string, test func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring)) {
	t.Helper()
	if !inTrouble(t, "secrets", onBareBus(t)) {
		return
	}
	s := keyringtest.NewSecrets(t, names...)
	test(t, s, keyring.Open("TeleHab test"))
	if s.Made() != 0 {
		t.Errorf("%d new collections were asked for", s.Made())
	}
}

// place is a collection's place, as Find returns it.
func place(name string) string { return "/org/freedesktop/secrets/collection/" + name }

func wantFound(t *testing.T, k *keyring.Keyring, from, value, where string) {
	t.Helper()
	got, found, err := k.Find(t.Context(), "key", from)
	if err != nil || string(got) != value || found != where {
		t.Errorf("found %q in %q, %v", got, found, err)
	}
}

// wantHidden expects a locked keyring, and these words in the sentence.
func wantHidden(t *testing.T, err error, words ...string) {
	t.Helper()
	if profile.CodeOf(err) != profile.KeyringLocked || errors.Is(err, keyring.ErrAbsent) {
		t.Errorf("code %q: %v", profile.CodeOf(err), err)
	}
	for _, word := range append(words, "nlock your password manager", "try again") {
		if !strings.Contains(profile.MessageOf(err), word) {
			t.Errorf("the sentence lacks %q: %s", word, profile.MessageOf(err))
		}
	}
}

func find(t *testing.T, k *keyring.Keyring, from string) error {
	t.Helper()
	_, _, err := k.Find(t.Context(), "key", from)
	return err
}

func TestTheDefaultCollectionIsUsedWhateverItsName(t *testing.T) {
	onSecrets(t, []string{"Practice", "Private"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		if s.Items("Practice") != 1 || s.Items("Private") != 0 {
			t.Errorf("%d and %d items", s.Items("Practice"), s.Items("Private"))
		}
		wantFound(t, k, "", "value", place("Practice"))

		// The default is whichever database is in front. A stored value stays
		// where it is, and is found, changed and deleted there.
		s.SetDefault("Private")
		wantFound(t, k, place("Practice"), "value", place("Practice"))
		mustSet(t, k, "key", []byte("other"))
		wantFound(t, k, place("Practice"), "other", place("Practice"))
		if s.Items("Practice") != 1 || s.Items("Private") != 0 {
			t.Errorf("%d and %d items after a change", s.Items("Practice"), s.Items("Private"))
		}
		if err := k.Delete(t.Context(), "key"); err != nil || s.Items("Practice") != 0 {
			t.Errorf("%d items after Delete: %v", s.Items("Practice"), err)
		}
	})
}

func TestTheLoginCollectionIsUsedWhereNoneIsTheDefault(t *testing.T) {
	onSecrets(t, []string{"other", "login"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		s.SetDefault("")
		mustSet(t, k, "key", []byte("value"))
		if s.Items("login") != 1 {
			t.Errorf("%d items in login", s.Items("login"))
		}
	})
}

func TestTheOnlyCollectionIsUsedWhereNoneIsTheDefault(t *testing.T) {
	onSecrets(t, []string{"Practice"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		s.SetDefault("")
		mustSet(t, k, "key", []byte("value"))
		wantFound(t, k, "", "value", place("Practice"))
	})
}

// Earlier versions stored everything in the login collection.
func TestWhatLiesInTheLoginCollectionIsFoundBesideADefault(t *testing.T) {
	onSecrets(t, []string{"login", "Default"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		s.SetDefault("Default")
		s.Lock("Default")
		before := s.Asked()
		wantFound(t, k, "", "value", place("login"))
		if got := mustGet(t, k, "key"); string(got) != "value" || s.Asked() != before {
			t.Errorf("%q after %d questions", got, s.Asked()-before)
		}
	})
}

func TestLockedCollectionIsNotAnEmptyOne(t *testing.T) {
	onSecrets(t, []string{"Practice"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		s.Lock("Practice")
		s.SetAnswer(keyringtest.No)
		for _, from := range []string{"", place("Practice")} {
			wantHidden(t, find(t, k, from))
		}
		_, found, err := k.Get(t.Context(), "key")
		wantHidden(t, err)
		if found {
			t.Error("found in a locked collection")
		}
		wantHidden(t, k.Set(t.Context(), "key", []byte("other")))
		wantHidden(t, k.Delete(t.Context(), "key"))
		wantHidden(t, k.Probe(t.Context()))

		s.SetAnswer(keyringtest.Yes) // the prompt is shown again, and answered
		wantFound(t, k, place("Practice"), "value", place("Practice"))
	})
}

// The prompt is not answered, and the person unlocks the password manager in
// its own window: the prompt is no longer needed, and the next call succeeds.
func TestUnlockedBesideTheQuestion(t *testing.T) {
	onSecrets(t, []string{"Practice"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		s.Lock("Practice")
		s.SetAnswer(keyringtest.Silent)
		before := s.Asked()
		wantHidden(t, find(t, k, place("Practice"))) // although the prompt is never answered
		wantHidden(t, find(t, k, place("Practice"))) // at once, and without a second prompt
		if asked := s.Asked() - before; asked != 1 {
			t.Errorf("%d questions", asked)
		}
		s.Unlock("Practice")
		for deadline := time.Now().Add(time.Minute); find(t, k, place("Practice")) != nil; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("it is unlocked, and calls still fail")
			}
		}
		wantFound(t, k, place("Practice"), "value", place("Practice"))
	})
}

func TestAbsenceIsProvedOnlyWhereEverythingWasSearched(t *testing.T) {
	onSecrets(t, []string{"Practice", "Private"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		s.SetAnswer(keyringtest.No)
		if err := find(t, k, place("Practice")); !errors.Is(err, keyring.ErrAbsent) {
			t.Errorf("open, and searched: %v", err)
		}
		wantHidden(t, find(t, k, place("Elsewhere")), "Elsewhere") // a database that is closed now
		wantHidden(t, find(t, k, place("Dr_20Smith")), "“Dr Smith”")
		wantHidden(t, find(t, k, "KWallet"), "KWallet")
		wantHidden(t, find(t, k, ""), "login") // where earlier versions stored it
		s.Lock("Private")
		wantHidden(t, find(t, k, place("Practice")), "Private")
		s.Unlock("Private")
		reopen := s.Close("Practice")
		wantHidden(t, find(t, k, place("Practice")), "Practice")
		reopen()
		if err := find(t, k, place("Practice")); !errors.Is(err, keyring.ErrAbsent) {
			t.Errorf("open again: %v", err)
		}
	})
}

// A password manager that runs with all its databases closed.
func TestNoOpenDatabaseIsNoAbsence(t *testing.T) {
	onSecrets(t, []string{"Practice"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		reopen := s.Close("Practice")
		wantHidden(t, find(t, k, place("Practice")), "Practice")
		wantHidden(t, find(t, k, ""))
		wantHidden(t, k.Delete(t.Context(), "key"))
		for _, err := range []error{k.Set(t.Context(), "key", []byte("x")), k.Probe(t.Context())} {
			if profile.CodeOf(err) != profile.KeyringMissing || !strings.Contains(profile.MessageOf(err), "open a database") {
				t.Errorf("%v: %s", err, profile.MessageOf(err))
			}
		}
		reopen()
		wantFound(t, k, place("Practice"), "value", place("Practice"))
	})
}

func TestAnItemThatSomebodyChangedIsThere(t *testing.T) {
	onSecrets(t, []string{"login"}, func(t *testing.T, s *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		for _, spoiled := range []string{"", "something else", `{"Data":7}`} {
			s.Spoil("login", []byte(spoiled))
			wantFound(t, k, place("login"), "", place("login"))
			if value, found, err := k.Get(t.Context(), "key"); len(value) != 0 || !found || err != nil {
				t.Errorf("%q: %q, %v, %v", spoiled, value, found, err)
			}
		}
	})
}
