package deeplink_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

type vector struct {
	line                int
	outcome, mode, text string
}

// vectors reads testdata/links.txt, whose first lines describe it.
func vectors(t testing.TB) []vector {
	t.Helper()
	file, err := os.Open("testdata/links.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []vector
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("line %d has %d fields instead of 3", number, len(fields))
		}
		text, err := strconv.Unquote(fields[2])
		if err != nil {
			t.Fatalf("line %d: the text is not quoted as Go does", number)
		}
		if !strings.Contains(" link pasted both ", " "+fields[1]+" ") {
			t.Fatalf("line %d: there is no mode %q", number, fields[1])
		}
		all = append(all, vector{number, fields[0], fields[1], text})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func outcome(link deeplink.Link) string {
	words := []string{link.Kind.String()}
	switch link.Kind {
	case deeplink.Patient:
		words = append(words, string(link.ID))
	case deeplink.Test:
		words = append(words, link.Nonce)
	}
	if link.Bookmark {
		words = append(words, "bookmark")
	}
	clinic := link.Subdomain
	if link.Shard != "" {
		clinic += "." + link.Shard
	}
	if clinic != "" {
		words = append(words, clinic)
	}
	return strings.Join(words, " ")
}

func TestVectors(t *testing.T) {
	all := vectors(t)
	for _, v := range all {
		if v.mode != "pasted" {
			if got := outcome(deeplink.Parse(v.text)); got != v.outcome {
				t.Errorf("line %d: Parse says %q, not %q", v.line, got, v.outcome)
			}
		}
		if v.mode != "link" {
			if got := outcome(deeplink.ParsePasted(v.text)); got != v.outcome {
				t.Errorf("line %d: ParsePasted says %q, not %q", v.line, got, v.outcome)
			}
		}
	}
	t.Logf("%d vectors", len(all))
}

func TestBridgeAddressIsUnderstood(t *testing.T) {
	if got := outcome(deeplink.ParsePasted(deeplink.BridgeAddress + "?patient_id=7")); got != "patient 7" {
		t.Errorf("the bridge page's address is %q", got)
	}
}

func TestNewTest(t *testing.T) {
	first, err := deeplink.NewTest()
	if err != nil {
		t.Fatal(err)
	}
	second, err := deeplink.NewTest()
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("two test links are the same")
	}
	if got := deeplink.Parse(first.URL()); got != first {
		t.Errorf("a test link comes back as %v", got.Kind)
	}
}

// holds fails the test if a parser's result violates what callers rely on.
func holds(t *testing.T, link deeplink.Link) {
	t.Helper()
	switch link.Kind {
	case deeplink.Patient:
		if id, ok := profile.ParseID(string(link.ID)); !ok || id != link.ID || link.Nonce != "" {
			t.Errorf("a patient with the id %q and the nonce %q", link.ID, link.Nonce)
		}
	case deeplink.Test:
		if _, ok := profile.ParseID(link.Nonce); !ok || link.ID != "" {
			t.Errorf("a test with the nonce %q and the id %q", link.Nonce, link.ID)
		}
	case deeplink.Unknown:
		if link != (deeplink.Link{}) {
			t.Errorf("an unknown link that says something: %+v", link)
		}
	default:
		t.Errorf("a parser answered %v", link.Kind)
	}
	again := deeplink.Parse(link.URL())
	if again.Kind != link.Kind || again.ID != link.ID || again.Nonce != link.Nonce || again.Bookmark != link.Bookmark {
		t.Errorf("written down and read again, %+v is %+v", link, again)
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link := deeplink.Parse(text)
		holds(t, link)
		if link.Subdomain != "" || link.Shard != "" {
			t.Error("a link names a clinic")
		}
		if link.Kind == deeplink.Unknown {
			return
		}
		if len(text) > 256 || strings.ContainsAny(text, "%#@ \t\r\n\\\"'<>") || strings.Count(text, ":") != 1 {
			t.Errorf("Parse accepts %q", text)
		}
		if pasted := deeplink.ParsePasted(text); pasted != link {
			t.Errorf("pasted, %+v is %+v", link, pasted)
		}
	})
}

func FuzzParsePasted(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link := deeplink.ParsePasted(text)
		holds(t, link)
		if around := deeplink.ParsePasted(" \t" + text + "\r\n "); around != link {
			t.Errorf("white space makes %+v of %+v", around, link)
		}
		if link.Kind == deeplink.Unknown {
			return
		}
		path := text
		if at := strings.IndexAny(text, "?#"); at >= 0 {
			path = text[:at]
		}
		if strings.ContainsAny(strings.TrimSpace(path), "%") || strings.ContainsAny(strings.TrimSpace(text), "@ \\\"'<>") || strings.Count(text, "#") > 1 {
			t.Errorf("ParsePasted accepts %q", text)
		}
	})
}

func TestParsePage(t *testing.T) {
	const base = "http://127.0.0.1:8091"
	for text, want := range map[string]string{
		" http://127.0.0.1:8091/patients/12 ":               "patient 12",
		"http://127.0.0.1:8091/patients/12/edit":            "patient 12",
		"http://127.0.0.1:8091/patients/12?page=2#notes":    "patient 12",
		"http://127.0.0.1:8091/patients/12/../13":           "unknown",
		"http://127.0.0.1:80915/patients/12":                "unknown",
		"http://127.0.0.1:8091/patients/":                   "unknown",
		"http://127x0x0x1:8091/patients/12":                 "unknown",
		"https://harbour-physio.au2.cliniko.com/patients/1": "unknown",
	} {
		if got := outcome(deeplink.ParsePage(text, base)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
