//go:build !windows && !darwin

package proxy

import (
	"context"
	"net/url"
)

// systemSettings returns none: here the desktops' settings reach programs by
// the environment.
func systemSettings(context.Context) (settings, error) { return settings{}, nil }

func runScript(context.Context, settings, *url.URL) (string, error) { return "", errNoScripts }
