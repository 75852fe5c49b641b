package account

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var quick = Cost{MemoryKiB: 16, Passes: 1, Lanes: 1}

func TestCostIsReadBackFromTheHash(t *testing.T) {
	for _, cost := range []Cost{quick, {MemoryKiB: 64, Passes: 3, Lanes: 4}, {MemoryKiB: 1024, Passes: 16, Lanes: 16}} {
		encoded, err := cost.hash("tall green tree")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := costOf(encoded); err != nil || got != cost {
			t.Errorf("wrote %+v, read %+v, %v", cost, got, err)
		}
		if ok, err := verify("tall green tree", encoded); !ok || err != nil {
			t.Errorf("%+v: verify %v, %v", cost, ok, err)
		}
		if ok, err := verify("tall green treE", encoded); ok || err != nil {
			t.Errorf("%+v: another password: %v, %v", cost, ok, err)
		}
	}
}

// From the tests of the reference implementation in C: "password", "somesalt".
const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func TestReferenceHash(t *testing.T) {
	if ok, err := verify("password", reference); !ok || err != nil {
		t.Fatalf("verify: %v, %v", ok, err)
	}
}

func TestEveryHashHasItsOwnSalt(t *testing.T) {
	a, errA := quick.hash("tall green tree")
	b, errB := quick.hash("tall green tree")
	if errA != nil || errB != nil || a == b {
		t.Fatalf("two hashes of one password are equal (%v, %v)", errA, errB)
	}
}

func TestUnreasonableHashesAreRefusedUnheard(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, encoded := range []string{
		"", "$", "$$$$$", "password",
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=262145,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=17,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=1024,t=1,p=17$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$!!!",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + strings.Repeat("A", 300),
	} {
		ok, err := verify("password", encoded)
		if ok || err == nil || err.Error() != errHash.Error() {
			t.Errorf("verify with %.50q: %v, %v", encoded, ok, err)
		}
	}
}

// A damaged hash is refused: it never panics and never signs in.
func TestDamagedHashNeverMatches(t *testing.T) {
	encoded, err := quick.hash("tall green tree")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(encoded)-1).Draw(t, "at")
		with := rapid.Byte().Draw(t, "with")
		damaged := encoded[:at] + string(with) + encoded[at+1:]
		ok, err := verify("tall green tree", damaged)
		if ok && err == nil && damaged != encoded && !sameMeaning(damaged, encoded) {
			t.Fatalf("%q signs in", damaged)
		}
	})
}

// sameMeaning allows for the parser, which reads "01" and "+1" as 1.
func sameMeaning(a, b string) bool {
	costA, errA := costOf(a)
	costB, errB := costOf(b)
	cut := func(s string) string { return s[strings.Index(s, ",p=")+4:] }
	return errA == nil && errB == nil && costA == costB && cut(a) == cut(b)
}

func FuzzStoredHash(f *testing.F) {
	f.Add(reference)
	f.Add("$argon2id$v=19$m=16,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5Q")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$$")
	f.Fuzz(func(t *testing.T, encoded string) {
		cost, err := costOf(encoded)
		if err != nil {
			if err.Error() != errHash.Error() {
				t.Fatalf("the error holds more than it should: %v", err)
			}
			return
		}
		if cost.MemoryKiB > maxMemoryKiB || cost.Passes > maxPasses || cost.Lanes > maxLanes || cost.Lanes == 0 || cost.Passes == 0 {
			t.Fatalf("accepted %+v", cost)
		}
		if cost.MemoryKiB*cost.Passes > 1024 {
			return // hashing it is allowed, and slow
		}
		if _, err := verify("tall green tree", encoded); err != nil {
			t.Fatalf("accepted, and yet not usable: %v", err)
		}
	})
}

func FuzzPasswordRules(f *testing.F) {
	for _, password := range []string{"", "tall green tree", "aaaaaaaaaaaa", "\xff\xfe", "e\u0301e\u0301e\u0301", "qwertyuiopasdfghjkl"} {
		f.Add(password)
	}
	f.Fuzz(func(t *testing.T, password string) {
		err := judged(password)
		if err == nil && (len(password) < MinPassword || len(password) > MaxPassword) {
			t.Fatalf("accepted %d bytes", len(password))
		}
	})
}

func BenchmarkDefaultCost(b *testing.B) {
	for b.Loop() {
		if _, err := DefaultCost.hash("tall green tree"); err != nil {
			b.Fatal(err)
		}
	}
}
