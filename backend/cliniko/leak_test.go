package cliniko_test

import (
	"testing"

	"go.uber.org/goleak"
)

// A closed client leaves no goroutine.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
