package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

func colorsOf(list clinicList) (colors []string) {
	for _, c := range list.Clinics {
		colors = append(colors, c.Color)
	}
	return colors
}

// A clinic without a colour gets the first that the fewest others have.
func TestClinicsOfOneComputerDifferInColor(t *testing.T) {
	for given, want := range map[string]string{
		"":                             "",
		"-":                            "teal",
		"- - -":                        "teal blue violet",
		"teal -":                       "teal blue",
		"- teal":                       "blue teal",
		"pink - -":                     "pink teal blue",
		"red -":                        "teal blue",
		"- - - - - - - -":              "teal blue violet pink orange green teal blue",
		"blue blue -":                  "blue blue teal",
		"teal teal blue violet pink -": "teal teal blue violet pink orange",
	} {
		var list clinicList
		for _, color := range strings.Fields(given) {
			list.Clinics = append(list.Clinics, Place{Color: strings.Trim(color, "-")})
		}
		if list.fillColors(); !slices.Equal(colorsOf(list), strings.Fields(want)) {
			t.Errorf("%q becomes %q, want %q", given, colorsOf(list), want)
		}
	}
}

// A list of an earlier version has no colours: the clinics have some at once, and
// keep them once the list is changed.
func TestAColorStaysWithItsClinic(t *testing.T) {
	dir := t.TempDir()
	clinics, file := ClinicsOf(Options{Dir: dir}), filepath.Join(dir, "clinics.json")
	raw := `{"current":"","clinics":[{"account":"","name":"A"},{"account":"4000777","name":"B"},{"account":"4000888","name":"C"}]}`
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := clinics.Use("4000888"); err != nil {
		t.Fatal(err)
	}
	err := clinics.change(func(list *clinicList) error {
		list.Clinics = list.without("4000777")
		return nil
	})
	list, readErr := clinics.read()
	if err != nil || readErr != nil || !slices.Equal(colorsOf(list), []string{"teal", "violet"}) {
		t.Errorf("%q, %v, %v", colorsOf(list), err, readErr)
	}
}

// The list of a clinic that is alone has its colour, and nothing that says which
// clinic it is.
func TestTheColorOfAClinicThatIsAlone(t *testing.T) {
	dir := t.TempDir()
	w := &Workspace{options: Options{Dir: dir}}
	if color := w.Color(); color != "teal" {
		t.Errorf("at first %q", color)
	}
	for _, none := range []string{"", "red", "Teal", "#0d7f79"} {
		if err := w.SetColor(none); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%q: %v", none, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "clinics.json")); !os.IsNotExist(err) {
		t.Errorf("a list for nothing: %v", err)
	}
	if err := w.SetColor("violet"); err != nil || w.Color() != "violet" {
		t.Errorf("%q, %v", w.Color(), err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "clinics.json"))
	want := `{
  "current": "",
  "clinics": [
    {
      "account": "",
      "name": "",
      "color": "violet"
    }
  ]
}`
	if err != nil || string(raw) != want {
		t.Errorf("%s, %v", raw, err)
	}
}
