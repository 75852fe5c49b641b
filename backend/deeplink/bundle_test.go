package deeplink

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestJudgeBundle(t *testing.T) {
	template, err := os.ReadFile("../../build/darwin/Info.plist")
	if err != nil {
		t.Fatal(err)
	}
	plist := regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAll(template, nil)
	without := []byte(strings.ReplaceAll(string(plist), "<string>"+Scheme+"</string>", ""))
	for name, c := range map[string]struct {
		executable string
		plist      []byte
		want       Condition
	}{
		"our bundle":       {"/Applications/TeleHab.app/Contents/MacOS/telehab", plist, Ready},
		"without a scheme": {"/Applications/TeleHab.app/Contents/MacOS/telehab", without, Unsupported},
		"another bundle":   {"/Applications/Other.app/Contents/MacOS/telehab", plist, Unsupported},
		"a bare program":   {"/usr/local/bin/telehab", plist, Unsupported},
	} {
		files := fstest.MapFS{"Applications/TeleHab.app/Contents/Info.plist": {Data: c.plist}}
		state := judgeBundle(c.executable, files)
		if state.Condition != c.want || (state.Message == "") != (c.want == Ready) {
			t.Errorf("%s: %s, %q", name, state.Condition, state.Message)
		}
	}
}
