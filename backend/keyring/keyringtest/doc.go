// Package keyringtest lets a package's tests run against a real system keyring
// other than the developer's: an unlocked gnome-keyring in a D-Bus session of
// its own, with its own HOME.
//
//	func TestMain(m *testing.M) { keyringtest.Main(m) }
package keyringtest
