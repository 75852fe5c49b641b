package bridge_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"telehab.io/desktop/build/bridge"
)

// between returns the text between the only start and the end that follows it.
func between(t *testing.T, text, start, end string) string {
	t.Helper()
	if count := strings.Count(text, start); count != 1 {
		t.Fatalf("%d times %s, want once", count, start)
	}
	_, rest, _ := strings.Cut(text, start)
	inside, _, ended := strings.Cut(rest, end)
	if !ended {
		t.Fatalf("%s has no %s", start, end)
	}
	return inside
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func TestPolicyNamesTheStyleAndTheScript(t *testing.T) {
	page := string(bridge.Page)
	want := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hash(between(t, page, "<style>", "</style>")) +
		"; script-src " + hash(between(t, page, "<script>", "</script>"))
	if got := between(t, page, `http-equiv="Content-Security-Policy" content="`, `"`); got != want {
		t.Errorf("the policy is\n%s\nand must be\n%s", got, want)
	}
	if strings.Contains(page, "\r") {
		t.Error("a carriage return changes the hashes on the way to the browser")
	}
}

func TestPageAsksNobody(t *testing.T) {
	page := string(bridge.Page)
	if limit := 20 << 10; len(page) >= limit {
		t.Errorf("the page has %d bytes, want fewer than %d", len(page), limit)
	}
	// Whatever could load, send or store something. The policy forbids it too;
	// this test fails before a browser does.
	forbidden := regexp.MustCompile(`(?i)https?:|[("'=]//|<(link|img|iframe|form|object|embed|base|a|use)\b|\s(src|href|srcset|style|on\w+)=|` +
		`(?-i:url\()|@import|localStorage|sessionStorage|indexedDB|cookie|caches|fetch|XMLHttpRequest|sendBeacon|WebSocket|innerHTML|eval`)
	// The only address that it opens is an assignment, not an attribute.
	script := between(t, page, "<script>", "</script>")
	for _, found := range forbidden.FindAllString(strings.ReplaceAll(page, "location.href = ", ""), -1) {
		t.Errorf("the page has %q", found)
	}
	if between(t, script, "location.href = ", "+") != "'telehab://patient?patient_id=' " {
		t.Error("the script goes elsewhere than to TeleHab")
	}
	for _, want := range []string{`<html lang="en">`, `<meta name="referrer" content="no-referrer">`, "<noscript>", "<main>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// The page has the colours of the app.
func TestPageWearsTheAppsColours(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("../../frontend/src/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	// The bridge page follows the system; the app's page has a setting.
	lightStyle, darkStyle, _ := strings.Cut(between(t, string(bridge.Page), "<style>", "</style>"), "(prefers-color-scheme: dark)")
	darkStyle, _, _ = strings.Cut(darkStyle, "@media")
	lightTokens, darkTokens, _ := strings.Cut(read("tokens.css"), "[data-theme='dark']")
	for theme, part := range map[string]struct{ style, tokens string }{"light": {lightStyle, lightTokens}, "dark": {darkStyle, darkTokens}} {
		declared := regexp.MustCompile(`--[a-z-]+: [^;]+;`).FindAllString(part.style, -1)
		if len(declared) < 9 {
			t.Errorf("the %s theme declares %d values", theme, len(declared))
		}
		for _, token := range declared {
			if !strings.Contains(part.tokens, token) {
				t.Errorf("the app's %s theme has no %s", theme, token)
			}
		}
	}
	shapes := regexp.MustCompile(`<(rect|path|circle) [^>]+>`)
	mark, drawn := shapes.FindAllString(read("assets/mark.svg"), -1), shapes.FindAllString(string(bridge.Page), -1)
	if strings.Join(mark, "\n") != strings.Join(drawn, "\n") {
		t.Errorf("the mark is\n%s\nand must be\n%s", strings.Join(drawn, "\n"), strings.Join(mark, "\n"))
	}
}

func TestBookmarkletIsItsSource(t *testing.T) {
	code, found := strings.CutPrefix(bridge.Bookmarklet, "javascript:")
	if !found || regexp.MustCompile("[^!-~]|[\"<>#`{}|\\\\^]").MatchString(code) {
		t.Fatalf("not one address: %s", bridge.Bookmarklet)
	}
	decoded, err := url.PathUnescape(code)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("bookmarklet.js")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`(?m)^\s*//.*\n`)
	if want := strings.Join(strings.Fields(comment.ReplaceAllString(string(source), "")), " "); decoded != want {
		t.Errorf("the bookmark runs\n%s\nand its source is\n%s", decoded, want)
	}
	if want := "'telehab://patient?patient_id=' + page[1] + '&from=bookmark'"; !strings.Contains(decoded, want) {
		t.Errorf("its links do not say where they come from: no %s", want)
	}
	// One line ends at a comment, and joined lines need their semicolons.
	if strings.Contains(strings.ReplaceAll(decoded, "telehab://", ""), "//") || strings.Contains(decoded, "/*") {
		t.Error("a comment got into the one line")
	}
	for line := range strings.Lines(comment.ReplaceAllString(string(source), "")) {
		if !regexp.MustCompile(`[;{}]\n$`).MatchString(line) {
			t.Errorf("%q does not end in a semicolon or a brace", line)
		}
	}
}
