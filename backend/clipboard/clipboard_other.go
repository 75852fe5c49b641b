//go:build !windows && !darwin

package clipboard

// SetPrivate does nothing: Linux desktops have no common way to ask for this.
func SetPrivate(string) (done bool, err error) { return false, nil }
