package account

import (
	"context"
	"strings"
	"testing"

	"github.com/trustelem/zxcvbn"

	"telehab.io/desktop/backend/profile"
)

// weak are passwords of Dana Smith's at Harbour Physio that somebody would try.
const weak = `
P@ssw0rd1234
administrator
1q2w3e4r5t6y
Telehab2026!
password1234
Password123!
P@$$w0rd2025
passwordpassword
drowssap4321
!!Sunshine2024!!
2024!!Sunshine
letmein letmein
Letmein-LetMeIn-letmein
qwertyuiopas
Qwertyuiop12
qwerty123456
1qaz2wsx3edc
q1w2e3r4t5y6
zaq12wsxcde3
qazwsxedcrfv
poiuytrewq12
mnbvcxzlkjhg
asdfghjkl123
zzzzzzzzzzzzzzzz
aaaaaaaabbbb
121212121212
123456789012
987654321098
111122223333
000000000000
abcdefghijkl
abcabcabcabc
iloveyou1234
welcome12345
Welcome2026!
Summer2026!!
December2025
football1234
baseball2024
monkey123456
princess12345
superman1234
trustno1trustno1
changeme1234
adminadminadmin
admin1234567
telehabtelehab
cliniko12345
Cliniko2026!
harbourphysio1
HarbourPhysio
HarbourPhysio2026
Harbour-Physio!
danasmith123
DanaSmith1988
dana.smith2026
htimsanad2026
d4n4sm1th2026
12/03/1988dana
SmithDana!23
smithdana1988
TheClinic2015
OurPractice2015
physioclinic1
kneepain2015
backpain1234
Healthcare2015
Physiotherapist1
smith smith smith
`

// weaker are passwords that zxcvbn takes for strong: telephone numbers, keys
// beside one another in three parts or more, words with accents, and names with
// a year and signs.
const weaker = `
!QAZ2wsx#EDC
1qaz@WSX3edc$RFV
!QAZ@WSX#EDC
ujmyhntgbrfv
0491 570 156
0491570156aa
+61 491 570 156
(02) 5550 1234
4815162342108
pässwörd1234
ｐａｓｓｗｏｒｄ１２３４
HarbourPhysio2026!!
Harbour-Physio-2026
Hárbour-Physío-2026!
Dana-Smith-1985
Smith, Dana (1985)
dána smíth 1985
Ｄａｎａ　Ｓｍｉｔｈ　１９８５
P@ssw0rd P@ssw0rd
P@ssw0rd-2026!!
Pa$$word, Pa$$word!
`

// good are passwords that nobody guesses, by people and by password managers.
const good = `
correct horse battery
three green hills
four brown horses
a quiet blue river
tall green tree
kettle owl seven rain
velvet otter carries nine lanterns
copper kettle under seven pines
nine lanterns on a hill
the moon ate my bicycle
seven pelicans in a lift
blue cheese wears a hat
my aunt paints trams
rainy tuesdays smell of toast
no sugar in the teapot
bicycle-turnip-canyon
marble.pigeon.sofa
Turnip!Canyon?Bicycle
lemonade and thunder
wooden spoons for sale
grandpa's green tractor
eleven frogs play chess
paper boats sail north
quiet snow on tin roofs
pancakes before breakfast
walrus tango midnight
tangerine subway orbit
pickled radio antenna
salt ladder river engine
ocarina gravel lampshade
тихая синяя река
sieben grüne Laternen
trois chats sur le toit
pinguine tanzen nachts
el gato come manzanas
x7Qp!m2Rt9Lw
gT5#vK8@pZ1q
Vb9kQz3rWm7x
hR4-tYw8-Lq2z
zK8vTq2nXw5j
mQ7rDx4bNk9s
Wq8zLp3vHt6c
nF5xJb2kRy7g
9rTz4KwQ7mXb
bX3nVq8tLz6k
cJ7wRk2zPx9d
Lz5qTn8vKw3r
yG6kXm4wQz8t
K3vxQ9zr-Tn7
4f1c9a7e2b8d
48151623 tall green otters
a lift for 2000 pelicans
rWxkqzvbtmnp
`

func TestWeakAndGoodPasswords(t *testing.T) {
	people := New(nil, WithClinic(func(context.Context) []string { return []string{"Harbour Physio", "harbour-physio"} }))
	for list, accepted := range map[string]bool{weak + weaker[1:]: false, good: true} {
		passwords := strings.Split(strings.TrimSpace(list), "\n")
		if len(passwords) < 50 {
			t.Fatalf("%d passwords", len(passwords))
		}
		for _, password := range passwords {
			score, err := people.Judge(t.Context(), password, "Dana Smith", "dana.smith@harbour.example")
			if (err == nil) != accepted || (score >= 3) != accepted {
				t.Errorf("%q: score %d, %v", password, score, err)
			}
			if err != nil && (profile.CodeOf(err) != profile.Invalid || strings.Contains(profile.MessageOf(err), password)) {
				t.Errorf("%q: %v", password, err)
			}
		}
	}
}

// What is known of the person and the clinic counts for nothing.
func TestKnownWordsMakeNoPassword(t *testing.T) {
	judge := func(clinic, name, email string) bool {
		people := New(nil, WithClinic(func(context.Context) []string { return []string{clinic} }))
		_, err := people.Judge(t.Context(), "Wollongubra-Ngarrindri", name, email)
		return err == nil
	}
	if !judge("Bay Street Clinic", "Dana Smith", "dana@example.com") {
		t.Error("refused where nobody is called so")
	}
	for what, accepted := range map[string]bool{
		"the clinic": judge("Wollongubra Ngarrindri", "Dana Smith", "dana@example.com"),
		"the person": judge("Bay Street Clinic", "Wollongubra Ngarrindri", "dana@example.com"),
		"the email":  judge("Bay Street Clinic", "Dana Smith", "wollongubra.ngarrindri@example.com"),
	} {
		if accepted {
			t.Errorf("accepted though it is the name of %s", what)
		}
	}
}

// The scores are those of zxcvbn. Where they differ, a password is no stronger
// here: the years since 2020 and mixed signs are patterns too.
func TestScoresAreThoseOfTheLibrary(t *testing.T) {
	known := knownWords("Harbour Physio", "Dana Smith", "dana.smith@harbour.example")
	same := 0
	all := append(strings.Split(strings.TrimSpace(weak+good), "\n"), strings.Fields(weak+good)...) // parts too
	for _, password := range all {
		if strings.ContainsFunc(password, func(r rune) bool { return r > 127 }) {
			continue // the library counts bytes there
		}
		got, want := scoreOf(password, known), zxcvbn.PasswordStrength(password, known).Score
		if got > want {
			t.Errorf("%q: %d, and the library says %d", password, got, want)
		}
		if got == want {
			same++
		}
	}
	if share := float64(same) / float64(len(all)); share < 0.9 {
		t.Errorf("%d of %d scores are the library's", same, len(all))
	}
}

// However long a password is, and whatever is in it, judging it is quick and
// does not panic.
func FuzzJudge(f *testing.F) {
	for _, password := range strings.Fields(weak + good) {
		f.Add(password)
	}
	for _, password := range []string{"", "\x00", "\xff\xfe", "İİİİİİİİİİİİ", "ẞẞẞẞẞẞ", "a\u0301a\u0301", strings.Repeat("4@8(3691!|0$5+7%2", 9), strings.Repeat("1/1/", 40), strings.Repeat("qaz", 333)} {
		f.Add(password)
	}
	f.Fuzz(func(t *testing.T, password string) {
		if score := scoreOf(normalPassword(password), knownWords("Dana Smith")); score < 0 || score > 4 {
			t.Errorf("%q: %d", password, score)
		}
	})
}
