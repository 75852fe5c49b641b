// Package nolaunch prevents the D-Bus library from starting a message bus.
//
// The keyring library connects to the session bus when the program starts.
// Without a bus, the D-Bus library runs dbus-launch, which leaves a daemon
// behind for every headless command run from cron or over ssh. With this
// package imported for its side effect, connecting fails instead.
//
// It has to be initialised before the D-Bus library. Go initialises packages in
// the order of their import paths, once their imports are initialised. This one
// imports only os, while the D-Bus library waits for net, which waits for
// packages under vendor/ that sort after ours. So it must import nothing else,
// as a test of package keyring checks.
package nolaunch
