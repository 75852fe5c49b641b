package coredump_test

import (
	"os"
	"os/exec"
	"regexp"
	"testing"

	"telehab.io/desktop/backend/coredump"
)

// Neither this process nor one that it starts leaves a core file.
func TestNoCoreFiles(t *testing.T) {
	if err := coredump.Disable(); err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("/proc/self/limits")
	if err != nil {
		t.Fatal(err)
	}
	child, err := exec.Command("cat", "/proc/self/limits").Output()
	if err != nil {
		t.Fatal(err)
	}
	none := regexp.MustCompile(`(?m)^Max core file size +0 +0 +bytes`)
	for who, limits := range map[string][]byte{"this process": own, "its child": child} {
		if !none.Match(limits) {
			t.Errorf("the limits of %s:\n%s", who, limits)
		}
	}
}
