package command

import "testing"

func TestCountsInWords(t *testing.T) {
	for n, want := range map[int]string{0: "0 clients", 1: "1 client", 2: "2 clients", 11: "11 clients", 101: "101 clients"} {
		if got := clients(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, test := range []struct {
		n, all int
		want   string
	}{{1, 1, "1 of 1 client is"}, {1, 3, "1 of 3 clients is"}, {2, 3, "2 of 3 clients are"}, {3, 3, "3 of 3 clients are"}} {
		if got := ofProfiles(test.n, test.all); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	if got := several(1, "request") + ", " + several(2, "request"); got != "1 request, 2 requests" {
		t.Error(got)
	}
}
