package syncer

import "testing"

func TestHowManyAreGoneInWords(t *testing.T) {
	const where = " can no longer be found in Cliniko. "
	const next = " Open Settings, Software integration to see who they are and decide."
	for _, test := range []struct {
		gone, kept, removed int
		want                string
	}{
		{1, 1, 0, "The only client" + where + "Nothing was removed here."}, {1, 10, 0, "1 of 10 clients" + where + "Nothing was removed here."},
		{2, 10, 0, "2 of 10 clients" + where + "Nothing was removed here."}, {51, 5000, 0, "51 of 5000 clients" + where + "Nothing was removed here."},
		{235, 1000, 55, "55 removed, as you decided. Besides them, 235 of 1000 clients" + where + "Those were not removed."},
	} {
		if got := goneSentence(test.gone, test.kept, test.removed); got != test.want+next {
			t.Errorf("%q", got)
		}
	}
}

func TestHowManyMayBeGone(t *testing.T) {
	for kept, want := range map[int]int{0: 0, 1: 0, 19: 0, 20: 1, 39: 1, 40: 2, 500: 25, 999: 49, 1000: 50, 5000: 50} {
		if got := mostGone(kept); got != want {
			t.Errorf("%d of %d, want %d", got, kept, want)
		}
	}
}
