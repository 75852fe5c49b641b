//go:build !linux

package process

// Watch does nothing here. macOS loads the page again by itself, and Windows
// shows a page of its own: see docs/SECURITY.md.
func Watch(func(why string)) {}
