package directory

import (
	"slices"
	"testing"

	"telehab.io/desktop/backend/profile"
)

func TestNamedGoesOnAndAround(t *testing.T) {
	d := someClients() // Ågård, Müller, Nguyễn, 王, Żółć
	q := Query{Filter: All, Sort: ByName, Limit: 10}
	names := d.Refs(q)
	at := func(ref string) int { return slices.Index(names, ref) }
	for _, c := range []struct {
		typed string
		from  int
		want  int
	}{
		{"m", 0, at("1")},
		{"MÜL", 0, at("1")},
		{"m", at("1"), at("1")},
		{"m", at("1") + 1, at("1")}, // around
		{"nguyen, n", 0, at("3")},
		{"zo", 0, at("836447129235883061")},
		{"王", 0, at("4")},
		{"brien", 0, -1},
		{"q", 0, -1},
		{"mueller", 0, at("1")},
		{"müller", 0, at("1")},
		{"MÜLLER-O’B", 0, at("1")},
		{"mullero", 0, at("1")},
		{"mullers", 0, -1},
		{"-", 0, -1},
		{"aa", 0, at("2")},
		{"ågård, soeren", 0, at("2")},
		{"agard, soren x", 0, -1},
		{"王, 李", 0, at("4")},
	} {
		q.Offset = c.from
		if got := d.Named(q, c.typed); got != c.want {
			t.Errorf("%q from %d: %d, want %d", c.typed, c.from, got, c.want)
		}
	}
	if at := d.Named(Query{Search: "family@", Filter: All, Sort: ByName, Desc: true}, "a"); at != 1 {
		t.Errorf("the second of two matches, in descending order: %d", at)
	}
}

func TestNamedGoesThroughAllOfOneName(t *testing.T) {
	d := New()
	d.Apply([]profile.Entry{client("1", "Ann", "", "Lee", ""), client("2", "Bob", "", "Lee", ""), client("3", "Cy", "", "Lime", "")})
	q := Query{Filter: All, Sort: ByName}
	var got []int
	for range 4 {
		at := d.Named(q, "l")
		got = append(got, at)
		q.Offset = at + 1
	}
	if !slices.Equal(got, []int{0, 1, 2, 0}) {
		t.Errorf("%v", got)
	}
}

func TestSomeAreInTheOrderOfTheirNames(t *testing.T) {
	d := someClients()
	some, gone := d.Some([]string{"3", "nobody", "2", "3", "1"})
	if refs(some) != "2,1,3" || gone != 1 {
		t.Errorf("%s, %d gone", refs(some), gone)
	}
	d.Forget([]string{"2"})
	if some, gone = d.Some([]string{"2", "1"}); refs(some) != "1" || gone != 1 {
		t.Errorf("%s, %d gone after one was forgotten", refs(some), gone)
	}
	if merged := d.MergedInto("1"); merged != nil {
		t.Errorf("%v was merged", merged)
	}
}
