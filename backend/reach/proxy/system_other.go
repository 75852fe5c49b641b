//go:build !windows && !darwin

package proxy

import (
	"context"
	"net/url"
)

// systemSettings returns none: on these systems, programs get a desktop's
// settings through the environment.
func systemSettings(context.Context) (settings, error) { return settings{}, nil }

func runScript(context.Context, settings, *url.URL) (string, error) { return "", errNoScripts }
