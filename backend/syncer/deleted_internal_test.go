package syncer

import "testing"

func TestHowManyAreGoneInWords(t *testing.T) {
	const rest = " can no longer be found in Cliniko. Nothing was removed here. Open Settings, Software integration to see who they are and decide."
	for _, test := range []struct {
		gone, kept int
		want       string
	}{
		{1, 1, "The only client"}, {1, 10, "1 of 10 clients"}, {2, 10, "2 of 10 clients"}, {51, 5000, "51 of 5000 clients"},
	} {
		if got := goneSentence(test.gone, test.kept); got != test.want+rest {
			t.Errorf("%q", got)
		}
	}
}
