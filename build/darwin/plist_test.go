package darwin_test

import (
	"os"
	"testing"

	"howett.net/plist"
)

func read(t *testing.T, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var found map[string]any
	if _, err := plist.Unmarshal(raw, &found); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return found
}

func TestInfo(t *testing.T) {
	info := read(t, "Info.plist")
	for key, want := range map[string]any{
		"CFBundleIdentifier":        "io.telehab.desktop",
		"CFBundlePackageType":       "APPL",
		"LSApplicationCategoryType": "public.app-category.medical",
		"LSMinimumSystemVersion":    "12.0",
		"NSHighResolutionCapable":   true,
	} {
		if info[key] != want {
			t.Errorf("%s is %v", key, info[key])
		}
	}
	kinds, _ := info["CFBundleURLTypes"].([]any)
	if len(kinds) != 1 {
		t.Fatalf("%d kinds of links", len(kinds))
	}
	kind, _ := kinds[0].(map[string]any)
	schemes, _ := kind["CFBundleURLSchemes"].([]any)
	if len(schemes) != 1 || schemes[0] != "telehab" {
		t.Errorf("the schemes are %v", schemes)
	}
}

// The hardened runtime gets no exceptions.
func TestEntitlements(t *testing.T) {
	for key, value := range read(t, "entitlements.plist") {
		if value != false {
			t.Errorf("%s is %v", key, value)
		}
	}
}
