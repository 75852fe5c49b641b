package directory

import (
	"strings"
	"testing"
	"unicode/utf16"

	"telehab.io/desktop/backend/profile"
)

// bracketed shows hits as the page cuts them: by UTF-16 units.
func bracketed(text string, hits Hits) string {
	units := utf16.Encode([]rune(text))
	var out strings.Builder
	last := 0
	for i := 0; i < len(hits); i += 2 {
		out.WriteString(string(utf16.Decode(units[last:hits[i]])) + "[" + string(utf16.Decode(units[hits[i]:hits[i+1]])) + "]")
		last = hits[i+1]
	}
	return out.String() + string(utf16.Decode(units[last:]))
}

func TestHighlightsWhatWasHit(t *testing.T) {
	d := New()
	d.InCountry("AU")
	for _, c := range []struct{ kind, typed, want string }{
		{"name", "mull zoe", "[Müll]er, [Zoë]"},
		{"name", "GARCIA", "[García] Haddad"},
		{"name", "soren luk", "[Søren] [Łuk]asz"},
		{"name", "soeren", "[Søren] Łukasz"},
		{"name", "so", "[Sø]ren"},
		{"name", "soe", "[Sø]ren"},
		{"name", "muester", "[Müster]"},
		{"name", "müster", "[Muester], Ann"},
		{"name", "gros", "[Groß]"},
		{"name", "gro", "[Gro]ß"},
		{"name", "o'b", "[O’B]rien"},
		{"name", "ob", "[Oʻb]rien"},
		{"name", "brien", "O’[Brien]"},
		{"name", "o", "[O]’Brien"},
		{"name", "ien", "O’Brien"},
		{"name", "", "Ahmed"},
		{"name", "zz", "Ahmed"},
		{"name", "ann", "Sanna"},
		{"name", "bold", "<b>[Bold]</b>"},
		{"name", "小", "王[小]明"},
		{"name", "小明", "王[小明]"},
		{"name", "王小明", "[王, 小明]"},
		{"name", "김민수", "[김, 민수]"},
		{"name", "ann", "👩🏽‍⚕️ [Ann]a 👍"},
		{"name", "cosic o", "Ｓøren [Ćosić]-[O]’Hara 👩🏽‍⚕️"},
		{"name", "zoe", "👍 Le, [Zoe\u0308]"},
		{"name", "zo", "Le, [Zo]e\u0308"},
		{"name", "sample", "[Sa\u200dmple]"},
		{"name", "desample", "[De Sample], Ann"},
		{"name", "de sample", "[Desample], Ann"},
		{"name", "anne", "Sample, Ann Elizabeth"},
		{"name", "annelizabeth", "Sample, [Ann Elizabeth]"},
		{"name", "lina", "[Li Na]"},
		{"name", "annamarie", "Sample, [Anna-Marie]"},
		{"name", "jr sample", "[Sample], [J.R]."},
		{"name", "(testa)", "Sample ([Testa])"},
		{"name", "احمد", "[أحمد]"},
		{"name", "محمد", "[محمــد]"},
		{"name", "νικος", "[Νίκος]"},
		{"name", "алена", "[Алёна]"},
		{"email", "ann@", "[ann@]example.org"},
		{"email", "mailto:ann@example.org", "[ann@example.org]"},
		{"email", "EXAMPLE", "ann@[example].org"},
		{"email", "n", "a[nn]@example.org"},
		{"email", "e", "ann@[e]xampl[e].org"},
		{"email", "bob", "ann@example.org"},
		{"phone", "570156", "0491 [570 156]"},
		{"phone", "570 1", "0491 [570 1]56"},
		{"phone", "+61 491 570 156", "[0491 570 156]"},
		{"phone", "0491570156", "+61 [491 570 156]"},
		{"phone", "0", "0491 570 156"},
		{"phone", "0491-570", "[0491 570] 156"},
		{"phone", "+64 21 000 000", "[021 000 000]"},
		{"phone", "020 7946 0958", "+44 ([0)20 7946 0958]"},
		{"phone", "tel:0491570156", "[０４９１５７０１５６]"},
		{"phone", "ann", "0491 570 156"},
		{"phone", "491570156", "👍 0[491 570 156]"},
	} {
		text := strings.NewReplacer("[", "", "]", "").Replace(c.want)
		marker := d.Highlighter(c.typed)
		hits := map[string]func(string) Hits{"name": marker.Name, "email": marker.Email, "phone": marker.Phone}[c.kind](text)
		if got := bracketed(text, hits); got != c.want {
			t.Errorf("%s by %q: %s, want %s", c.kind, c.typed, got, c.want)
		}
	}
}

// A row that is found by what it displays has a highlight.
func TestWhoIsFoundIsHighlighted(t *testing.T) {
	unseen := 0
	for _, v := range vectors(t, "search.tsv") {
		d := New()
		d.InCountry(v.country)
		d.Apply([]profile.Entry{v.client})
		p, marker := &v.client.Profile, d.Highlighter(v.typed)
		if len(marker.Name(p.ListName()))+len(marker.Name(p.PreferredFirstName))+len(marker.Email(p.Email))+len(marker.Phone(p.MainPhone())) == 0 {
			t.Logf("%s: %+q", v.kind, v.typed)
			unseen++
		}
	}
	// Names without a space in an order other than the list's, a phone that is
	// not displayed, and numbers with a prefix dialled from abroad.
	if unseen > 8 {
		t.Errorf("%d searches find somebody and highlight nothing", unseen)
	}
}
