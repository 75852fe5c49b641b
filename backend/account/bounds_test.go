package account

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Both sides of each bound on the cost of a stored hash.
func TestCostsThatAreRead(t *testing.T) {
	encoded := func(memory, passes, lanes, salt, key int) string {
		part := func(n int) string { return base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("s", n))) }
		return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, lanes, part(salt), part(key))
	}
	for _, test := range []struct {
		memory, passes, lanes, salt, key int
		fine                             bool
	}{
		{64, 1, 1, 16, 32, true},
		{8, 1, 1, 8, 16, true}, {7, 1, 1, 8, 16, false}, {8, 1, 1, 7, 16, false}, {8, 1, 1, 8, 15, false},
		{16, 1, 2, 8, 16, true}, {15, 1, 2, 8, 16, false}, {128, 1, 16, 8, 16, true}, {127, 1, 16, 8, 16, false},
		{256 * 1024, 16, 16, 16, 32, true}, {256*1024 + 1, 16, 16, 16, 32, false}, {256 * 1024, 17, 16, 16, 32, false}, {256 * 1024, 16, 17, 16, 32, false},
		{64, 0, 1, 16, 32, false}, {64, 1, 0, 16, 32, false}, {0, 1, 1, 16, 32, false},
		{65536, 3, 2, 16, 32, true}, // DefaultCost
		{64, 1, 1, 16, 120, true}, {64, 1, 1, 16, 180, false},
	} {
		text := encoded(test.memory, test.passes, test.lanes, test.salt, test.key)
		got, err := costOf(text)
		want := Cost{MemoryKiB: uint32(test.memory), Passes: uint32(test.passes), Lanes: uint8(test.lanes)} // #nosec G115 -- small numbers
		if test.fine != (err == nil) || test.fine && got != want || !test.fine && got != (Cost{}) {
			t.Errorf("%+v: %+v, %v", test, got, err)
		}
	}
}

// A hash of exactly the longest form is read, one more character is not.
func TestLongestHash(t *testing.T) {
	head := "$argon2id$v=19$m=640,t=1,p=1$" + base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("s", 16))) + "$"
	for length, fine := range map[int]bool{256: true, 258: false} {
		key := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("k", 200)))[:length-len(head)]
		if len(head+key) != length {
			t.Fatalf("%d characters", len(head+key))
		}
		if _, err := costOf(head + key); fine != (err == nil) {
			t.Errorf("%d characters: %v", length, err)
		}
	}
}

func TestNewHashesHaveTheirForm(t *testing.T) {
	encoded, err := Cost{MemoryKiB: 64, Passes: 2, Lanes: 1}.hash("tall green tree")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || strings.Join(parts[:4], "$") != "$argon2id$v=19$m=64,t=2,p=1" || len(parts[4]) != 22 || len(parts[5]) != 43 { // 16 and 32 bytes
		t.Errorf("%d parts: %.30s", len(parts), encoded)
	}
	if DefaultCost != (Cost{MemoryKiB: 65536, Passes: 3, Lanes: 2}) {
		t.Errorf("%+v", DefaultCost)
	}
}

func TestDelays(t *testing.T) {
	for wrong, want := range map[int]time.Duration{0: 0, 1: 1e9, 2: 2e9, 3: 4e9, 4: 8e9, 5: 16e9, 6: 30e9, 7: 30e9, 1000: 30e9} {
		if got := delay(wrong); got != want {
			t.Errorf("after %d wrong tries %v, want %v", wrong, got, want)
		}
	}
	if forgetAfter != 900*time.Second {
		t.Errorf("forgotten after %v", forgetAfter)
	}
}

func TestWaitsInWords(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		1: "Wait 1 second,", time.Second: "Wait 1 second,", time.Second + 1: "Wait 2 seconds,", 29*time.Second + 1: "Wait 30 seconds,", 30 * time.Second: "Wait 30 seconds,",
	} {
		if got := waitSentence(wait); got != "Too many attempts. "+want+" then try again." {
			t.Errorf("%v: %q", wait, got)
		}
	}
}
