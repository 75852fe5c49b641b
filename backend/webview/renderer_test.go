package webview_test

import (
	"os"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/webview"
)

const variable = "WEBKIT_DISABLE_DMABUF_RENDERER"

// unset unsets the variable, and restores it after the test.
func unset(t *testing.T) {
	t.Helper()
	t.Setenv(variable, "")
	if err := os.Unsetenv(variable); err != nil {
		t.Fatal(err)
	}
}

func TestRendererWithEachDriver(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       string // "unset" for that
	}{
		{"no driver", "", "unset"},
		{"nouveau", "sys/module/nouveau/version", "unset"},
		{"amdgpu", "sys/module/amdgpu/initstate", "unset"},
		{"a module whose name only begins so", "sys/module/nvidiafb/initstate", "unset"},
		{"the folder alone", "proc/driver/nvidia/gpus/none", "unset"},
		{"nvidia, by its version", "proc/driver/nvidia/version", "1"},
		{"nvidia, by its module", "sys/module/nvidia/version", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			unset(t)
			root := t.TempDir()
			if c.file != "" {
				path := filepath.Join(root, c.file)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := webview.AvoidBlankWindow(root); err != nil {
				t.Fatal(err)
			}
			got, set := os.LookupEnv(variable)
			if !set {
				got = "unset"
			}
			if got != c.want {
				t.Errorf("the variable is %q, want %q", got, c.want)
			}
		})
	}
}

func TestThePersonsRendererStays(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "sys/module/nvidia"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, theirs := range []string{"", "0", "1", "no"} {
		t.Setenv(variable, theirs)
		if err := webview.AvoidBlankWindow(root); err != nil {
			t.Fatal(err)
		}
		if got, set := os.LookupEnv(variable); !set || got != theirs {
			t.Errorf("%q became %q", theirs, got)
		}
	}
}
