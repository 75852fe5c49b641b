//go:build !linux

package keyring_test

import (
	"testing"

	"telehab.io/desktop/backend/keyring/keyringtest"
)

func TestMain(m *testing.M) { keyringtest.Main(m) }
