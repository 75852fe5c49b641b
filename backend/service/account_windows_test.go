package service

import (
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

func TestTheServicesIdentifier(t *testing.T) {
	for service, want := range map[string]string{
		"TrustedInstaller": "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", // in every Windows
		"trustedinstaller": "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
	} {
		if sid, err := accountSID(service); err != nil || sid.String() != want {
			t.Errorf("%s: %v, %v", service, sid, err)
		}
	}
}

func TestTheServiceIsAdmittedAndExpelled(t *testing.T) {
	account, err := accountSID("TeleHab")
	if err != nil {
		t.Fatal(err)
	}
	const before = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)"
	admitted := changed(t, before, windows.SET_ACCESS)
	for range 2 { // installed twice
		if want := "(A;OICI;0x1301bf;;;" + account.String() + ")"; !hasEntries(admitted, want, "(A;OICI;FA;;;SY)", "(A;OICI;FA;;;BA)", "(A;OICI;FA;;;S-1-5-21-1-2-3-1001)") {
			t.Fatalf("admitted: %s", admitted)
		}
		admitted = changed(t, admitted, windows.SET_ACCESS)
	}
	if expelled := changed(t, admitted, windows.REVOKE_ACCESS); !hasEntries(expelled, "(A;OICI;FA;;;SY)", "(A;OICI;FA;;;BA)", "(A;OICI;FA;;;S-1-5-21-1-2-3-1001)") {
		t.Errorf("expelled: %s", expelled)
	}
}

// changed returns the list of a folder after a change, as Windows writes it.
func changed(t *testing.T, text string, mode windows.ACCESS_MODE) string {
	t.Helper()
	now, err := windows.SecurityDescriptorFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	list, err := withAccount(now, mode)
	if err != nil {
		t.Fatal(err)
	}
	then, err := windows.NewSecurityDescriptor()
	if err == nil {
		err = then.SetDACL(list, true, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	return then.String()
}

// hasEntries says that a list has these entries and no others, in any order.
func hasEntries(list string, want ...string) bool {
	rest := list[strings.Index(list, "("):]
	for _, entry := range want {
		if strings.Count(rest, entry) != 1 {
			return false
		}
		rest = strings.Replace(rest, entry, "", 1)
	}
	return rest == ""
}
