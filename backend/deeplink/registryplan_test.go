package deeplink

import (
	"strings"
	"testing"
)

func TestJudgeRegistry(t *testing.T) {
	const exe = `C:\Users\A B\AppData\Local\Programs\TeleHab\telehab.exe`
	const ours = `"` + exe + `" --link "%1"`
	const older = `"D:\Old\telehab.exe" --link "%1"`
	const other = `"C:\Program Files\Other\TeleHab.exe" "%1"`
	for name, c := range map[string]struct {
		person, computer hive
		want             Condition
		owner            string
	}{
		"nothing":                    {want: Missing},
		"ours":                       {person: hive{ours, ours, true}, want: Ready},
		"ours, in another case":      {person: hive{strings.ToUpper(ours), "", true}, want: Ready},
		"ours, for the computer":     {computer: hive{ours, "", true}, want: Ready},
		"marked in the other place":  {person: hive{command: ours}, computer: hive{protocol: true}, want: Ready},
		"not marked as a scheme":     {person: hive{ours, ours, false}, want: Broken},
		"an empty key":               {person: hive{protocol: true}, want: Missing},
		"unquoted":                   {person: hive{exe + ` --link "%1"`, "", true}, want: Broken},
		"unquoted link":              {person: hive{`"` + exe + `" --link %1`, "", true}, want: Broken},
		"without --link":             {person: hive{`"` + exe + `" "%1"`, "", true}, want: Broken},
		"bare":                       {person: hive{exe, "", true}, want: Broken},
		"moved":                      {person: hive{older, older, true}, want: Broken},
		"the computer's, moved":      {computer: hive{older, older, true}, want: Broken},
		"somebody's of our name":     {person: hive{older, "", true}, want: Foreign, owner: "telehab.exe"},
		"changed after us":           {person: hive{other, ours, true}, want: Foreign, owner: "TeleHab.exe"},
		"foreign":                    {person: hive{other, "", true}, want: Foreign, owner: "TeleHab.exe"},
		"foreign, not marked":        {person: hive{other, "", false}, want: Foreign, owner: "TeleHab.exe"},
		"foreign for the computer":   {computer: hive{other, "", true}, want: Foreign, owner: "TeleHab.exe"},
		"foreign hides ours":         {person: hive{other, "", true}, computer: hive{ours, ours, true}, want: Foreign, owner: "TeleHab.exe"},
		"ours hides foreign":         {person: hive{ours, ours, true}, computer: hive{other, "", true}, want: Ready},
		"a longer name than ours":    {person: hive{exe + `.bak "%1"`, "", true}, want: Foreign, owner: "telehab.exe"},
		"foreign, unquoted":          {person: hive{`C:\Program Files\Other App\x.EXE %1`, "", true}, want: Foreign, owner: "x.EXE"},
		"foreign, no program at all": {person: hive{`   `, "", true}, want: Foreign, owner: "without a name"},
	} {
		got := judgeRegistry(exe, c.person, c.computer)
		if got.Condition != c.want || got.Owner != c.owner {
			t.Errorf("%s: %s of %q, not %s of %q", name, got.Condition, got.Owner, c.want, c.owner)
		}
	}
}

func TestRegistryValues(t *testing.T) {
	values, err := registryValues(`C:\Program Files\TeleHab\telehab.exe`)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, v := range values {
		found[v.key+"|"+v.name] = v.data
	}
	for name, want := range map[string]string{
		`|`:                   `URL:TeleHab`,
		`|URL Protocol`:       ``,
		`DefaultIcon|`:        `"C:\Program Files\TeleHab\telehab.exe",0`,
		`shell\open\command|`: `"C:\Program Files\TeleHab\telehab.exe" --link "%1"`,
		`|TeleHabCommand`:     `"C:\Program Files\TeleHab\telehab.exe" --link "%1"`,
	} {
		if got, ok := found[name]; !ok || got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
	for _, path := range []string{`C:\100%1\telehab.exe`, `C:\a"b\telehab.exe`} {
		if _, err := registryValues(path); err == nil {
			t.Errorf("%s was accepted", path)
		}
	}
}
