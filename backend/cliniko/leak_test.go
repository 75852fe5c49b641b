package cliniko_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing of a client goes on once it is closed.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
