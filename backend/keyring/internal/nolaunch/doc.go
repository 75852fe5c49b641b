// Package nolaunch keeps the D-Bus library from starting a message bus.
//
// The keyring library connects to the session bus when the program starts, and
// where there is none, the D-Bus library runs dbus-launch, which leaves a
// daemon behind for ever: one for every headless command run from cron or over
// ssh. Importing this package for its effect says "no bus" instead.
//
// It has to be initialised before the D-Bus library. Go initialises packages
// in the order of their import paths as soon as all they import is ready; this
// one imports os alone, and the D-Bus library waits for net, which waits for
// packages under vendor/ that sort after ours. So it must import nothing more;
// a test of package keyring holds this.
package nolaunch
