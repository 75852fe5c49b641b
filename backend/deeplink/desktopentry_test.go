package deeplink

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestQuoteProgram(t *testing.T) {
	for path, want := range map[string]string{
		"/usr/bin/telehab":        `/usr/bin/telehab`,
		"/opt/Praxis Süd/telehab": `"/opt/Praxis Süd/telehab"`,
		`/a"b/telehab`:            `"/a\\"b/telehab"`,
		`/a'b/telehab`:            `"/a'b/telehab"`,
		`/a\b/telehab`:            `"/a\\\\b/telehab"`,
		"/a`b/telehab":            "\"/a\\\\`b/telehab\"",
		`/a$b/telehab`:            `"/a\\$b/telehab"`,
		`/100%/telehab`:           `env /100%%/telehab`,
		`/%u x/telehab`:           `env "/%%u x/telehab"`,
	} {
		got, err := quoteProgram(path)
		if err != nil || got != want {
			t.Errorf("%s is written as %s (%v), not %s", path, got, err, want)
		}
	}
	for _, path := range []string{"/a\nb", "/a\tb", "/a\x00b", "/a\xffb", "/a\x7fb"} {
		if got, err := quoteProgram(path); err == nil {
			t.Errorf("%q is written as %s", path, got)
		}
	}
}

// The entry that a package installs and the one that we write are the same.
func TestEntryIsThePackages(t *testing.T) {
	packaged, err := os.ReadFile("../../build/linux/telehab.desktop")
	if err != nil {
		t.Fatal(err)
	}
	own, err := ourEntry("telehab")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(packaged), own); diff != "" {
		t.Error(diff)
	}
}

// Every path that can be quoted is read back unchanged.
func TestQuotingIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := "/" + rapid.StringOf(rapid.RuneFrom([]rune(" \"'\\$`%&;~#abz/=_-.é漢"))).Draw(t, "path")
		text, err := ourEntry(path)
		if err != nil {
			t.Fatal(err)
		}
		entry := parseEntry(text)
		program, arguments, ok := splitExec(entry.exec)
		if !ok || program != path || !cmp.Equal(arguments, []string{"--link", "%u"}) || !entry.ours {
			t.Fatalf("%q comes back as %q with %q, %v", path, program, arguments, ok)
		}
	})
}

func TestParseEntry(t *testing.T) {
	got := parseEntry("# a comment\n[Other]\nName=No\n[Desktop Entry]\r\nName = Some\\sthing \r\n" +
		"Name[de]=Etwas\nExec=other %U\nHidden=true\n#Exec=no\n[Desktop Action x]\nExec=no\nX-TeleHab-Links=true\n")
	want := desktopEntry{name: "Some thing", exec: "other %U", hidden: true}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(desktopEntry{})); diff != "" {
		t.Error(diff)
	}
}

func TestSplitExec(t *testing.T) {
	for line, want := range map[string][]string{
		"telehab --link %u":           {"telehab", "--link", "%u"},
		"  telehab\t%u ":              {"telehab", "%u"},
		`"/a b/telehab" "--link" %u`:  {"/a b/telehab", "--link", "%u"},
		"/opt/a b/telehab --link %u":  {"/opt/a", "b/telehab", "--link", "%u"},
		`"/a`:                         nil,
		"":                            nil,
		`""`:                          {""},
		`env X=1 "/a b/telehab"x  %u`: {"X=1", "/a b/telehabx", "%u"},
	} {
		program, arguments, ok := splitExec(line)
		if !ok {
			if want != nil {
				t.Errorf("%s is not understood", line)
			}
			continue
		}
		if diff := cmp.Diff(want, append([]string{program}, arguments...)); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}

func TestListsOfChoices(t *testing.T) {
	const list = "# mine\n[Added Associations]\nx-scheme-handler/telehab=added.desktop;\n\n" +
		"[Default Applications]\ntext/html=browser.desktop\nx-scheme-handler/telehab=other.desktop;third.desktop\n\n[Removed]\na=b\n"
	ours := preferring(list, []string{"earlier.desktop", "other.desktop"})
	want := []string{desktopID, "other.desktop", "third.desktop", "earlier.desktop"}
	if diff := cmp.Diff(want, handlersIn(ours, choiceGroup)); diff != "" {
		t.Error(diff)
	}
	for _, line := range strings.Split(list, "\n") {
		if !strings.Contains(line, "other.desktop") && !strings.Contains(ours, line+"\n") && line != "" {
			t.Errorf("the line %q is gone", line)
		}
	}
	if again := preferring(ours, nil); again != ours {
		t.Errorf("a second time changes it:\n%s", again)
	}
	back := without(ours)
	if diff := cmp.Diff([]string{"other.desktop", "third.desktop", "earlier.desktop"}, handlersIn(back, choiceGroup)); diff != "" {
		t.Error(diff)
	}
	if without(list) != list {
		t.Error("a list without us was changed")
	}
	if got, want := preferring("", nil), "[Default Applications]\nx-scheme-handler/telehab=telehab.desktop;\n"; got != want {
		t.Errorf("an empty list became %q", got)
	}
	if got := without(preferring("a=b\n\n\n", nil)); got != "a=b\n\n[Default Applications]\n" {
		t.Errorf("it became %q", got)
	}
	if got := handlersIn("[Default Applications]\nx-scheme-handler/telehab=../x.desktop;/y.desktop;z;;w.desktop\n", choiceGroup); !cmp.Equal(got, []string{"w.desktop"}) {
		t.Errorf("names that are none were accepted: %q", got)
	}
}

func TestShownName(t *testing.T) {
	for name, want := range map[string]string{
		"Other": "Other", "": "without a name", "a\nb\x1b[1mc\u202ed": "ab[1mcd",
		strings.Repeat("x", 100): strings.Repeat("x", 60),
	} {
		if got := displayName(name); got != want {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}
