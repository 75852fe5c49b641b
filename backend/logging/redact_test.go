package logging

import "testing"

func TestTextBlanks(t *testing.T) {
	for _, c := range []struct{ why, in, want string }{
		{"nothing", "", ""},
		{"plain words", "pass ended, 12 patients read", "pass ended, 12 patients read"},
		{"seven digits", "id 1234567", "id 1234567"},
		{"eight digits", "id 12345678", "id […]"},
		{"a Cliniko id", "patient 1701234567890123456 failed", "patient […] failed"},
		{"email", "no patient jane.o'neil+x@mail.example.com here", "no patient […] here"},
		{"email in angle brackets", "to <jane@example.com>,", "to <[…]>,"},
		{"email of a local host", "jane@localhost", "[…]"},
		{"email in another script", "жанна@почта.example", "[…]"},
		{"encoded email", "path /x/jane%40example.com", "path […]"},
		{"a module in a stack", "github.com/rs/zerolog@v1.35.1/log.go", "github.com/rs/zerolog@v1.35.1/log.go"},
		{"mobile", "call +61 412 345 678 now", "call […] now"},
		{"landline", "(02) 9999-1234", "[…]"},
		{"dots and slashes", "0412.345/678", "[…]"},
		{"no-break spaces", "0412\u00a0345\u202f678", "[…]"},
		{"full width digits", "０４１２３４５６７８", "[…]"},
		{"long dash", "0412–345—678", "[…]"},
		{"ISO date", "born 1980-03-05.", "born […]."},
		{"short ISO date", "born 1980-3-5", "born […]"},
		{"day first", "born 5/3/1980", "born […]"},
		{"two-digit year", "born 5/3/80", "born […]"},
		{"dotted", "born 5.3.1980", "born […]"},
		{"written out", "born 5 March 1980", "born […]"},
		{"English", "born 5th of Mar, 1980", "born […]"},
		{"American", "born March 5, 1980", "born […]"},
		{"with dashes", "born 05-Mar-1980", "born […]"},
		{"time stamp in a text", "due 2026-01-02T03:04:05Z", "due […]T03:04:05Z"},
		{"a version", "version 1.26.8 of 2.16.0", "version 1.26.8 of 2.16.0"},
		{"a loopback address", "dial tcp 127.0.0.1:8700: refused", "dial tcp 127.0.0.1:8700: refused"},
		{"our link", "opened telehab://patient?patient_id=77&x=y z", "opened telehab:[…] z"},
		{"our link, shouted", "TELEHAB:patient/77", "telehab:[…]"},
		{"URL query", `Get "https://api.au1.cliniko.com/v1/patients?q[]=last_name:=Doe&page=2": EOF`,
			`Get "https://api.au1.cliniko.com/v1/patients?[…]": EOF`},
		{"path query", "GET /v1/patients?q=Doe HTTP/1.1", "GET /v1/patients?[…] HTTP/1.1"},
		{"a question", "is it there? yes = no", "is it there? yes = no"},
		{"user in a URL", "https://MS0xLWlYWY:@api.au1.cliniko.com/v1", "https://[…]api.au1.cliniko.com/v1"},
		{"header", "Authorization: Basic TVMweExXbFlXWQ==", "Authorization: […]"},
		{"printed header", "map[Accept:[x/y] Authorization:[Basic TVMweExXbFlXWQ==]]", "map[Accept:[x/y] Authorization:[[…]]]"},
		{"scheme alone", "sent Bearer abcdefgh.ijkl", "sent Bearer […]"},
		{"key", "key MS0xLWl4SzYYYYdtR3V2HNOTAREALKEYwvNHdeW0pd-au2 refused", "key […] refused"},
		{"key with slashes", "(MS0xLWl4+zYY/YdtR3V2HNOT=-uk12)", "([…])"},
		{"key without shard", "key MS0xLWl4SzYYYYdtR3V2HNOTAREALKEYwvNHdeW0pd", "key […]"},
		{"old key", "key 0123456789abcdef0123456789abcdef", "key […]"},
		{"scheme in capitals", "BEARER abcdefgh.ijkl", "BEARER […]"},
		{"assignment", "password=hunter2 next", "password=[…] next"},
		{"quoted assignment", `{"api_key":"short"}`, `{"api_key":"[…]"}`},
	} {
		got := Text(c.in)
		if got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.why, c.in, got, c.want)
		}
		if again := Text(got); again != got {
			t.Errorf("%s: a second time changes %q to %q", c.why, got, again)
		}
	}
}
