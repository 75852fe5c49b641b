// Package keyringtest lets a package's tests run against a real system keyring
// that is not the developer's: a gnome-keyring, unlocked, in a D-Bus session of
// its own with its own HOME.
//
//	func TestMain(m *testing.M) { keyringtest.Main(m) }
package keyringtest
