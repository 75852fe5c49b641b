package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func redacted(t testing.TB, line string) string {
	t.Helper()
	var out bytes.Buffer
	n, err := Redact(&out).Write([]byte(line))
	if err != nil || n != len(line) {
		t.Fatalf("Write: %d of %d, %v", n, len(line), err)
	}
	return out.String()
}

func TestLines(t *testing.T) {
	for _, c := range []struct{ why, in, want string }{
		{"empty", "", ""},
		{"the time field survives", `{"level":"info","time":"2026-01-02T03:04:05.678Z"}`, `{"level":"info","time":"2026-01-02T03:04:05.678Z"}`},
		{"a birth date there does not", `{"time":"1980-03-05"}`, `{"time":"[…]"}`},
		{"nor in a nested time", `{"x":{"time":"1980-03-05T00:00:00Z"}}`, `{"x":{"time":"[…]T00:00:00Z"}}`},
		{"another field", `{"dob":"1980-03-05T00:00:00Z"}`, `{"dob":"[…]T00:00:00Z"}`},
		{"small numbers", `{"n":1234567,"ms":0.123456789,"e":1.5e300,"m":-7}`, `{"n":1234567,"ms":0.123456789,"e":1.5e300,"m":-7}`},
		{"big numbers", `{"n":12345678,"m":-1701234567890123456.5,"l":[412345678]}`, `{"n":"[…]","m":"[…]","l":["[…]"]}`},
		{"escapes", `{"a":"jane\u0040example.com","b":"tab\tstays \"so\""}`, `{"a":"[…]","b":"tab\tstays \"so\""}`},
		{"around escapes", `{"a":"\"jane@example.com\"\n"}`, `{"a":"\"[…]\"\n"}`},
		{"a personal name of a field", `{"jane@example.com":1}`, `{"[…]":1}`},
		{"secret fields", `{"Authorization":["Basic x"],"api_key":{"a":"b","n":1,"ok":true},"password":""}`,
			`{"Authorization":["[…]"],"api_key":{"a":"[…]","n":"[…]","ok":true},"password":""}`},
		{"clients by their ids", `{"clients":["1701234567890123456" , "7"],"n":1}`, `{"clients":["1701234567890123456" , "7"],"n":1}`},
		{"and by nothing else", `{"clients":["jane@example.com","0412 345 678",12345678,["12345678"],"123456789012345678901"]}`,
			`{"clients":["[…]","[…]","[…]",["[…]"],"[…]"]}`},
		{"in that field alone", `{"client":"1701234567890123456","x":{"clients":["1701234567890123456"]},"clients":"1701234567890123456"}`,
			`{"client":"[…]","x":{"clients":["[…]"]},"clients":"[…]"}`},
		{"none", `{"clients":[ ]}`, `{"clients":[ ]}`},
		{"bare values", `"jane@example.com"`, `"[…]"`},
		{"spaces", " { \"a\" : [ 1 , \"x\" ] , \"b\" : { } , \"c\" : [ ] } \n", " { \"a\" : [ 1 , \"x\" ] , \"b\" : { } , \"c\" : [ ] } \n"},
		{"two lines", "{\"a\":\"x@y.z\"}\n{\"b\":12345678}\n", "{\"a\":\"[…]\"}\n{\"b\":\"[…]\"}\n"},
		{"no JSON", "panic: jane@example.com 0412 345 678\n", "panic: […] […]\n"},
		{"broken JSON", `{"a":"x@y.z"`, `{"a":"[…]"`},
	} {
		if got := redacted(t, c.in); got != c.want {
			t.Errorf("%s: %s became %s, want %s", c.why, c.in, got, c.want)
		}
	}
}

// Whose row does not open is looked up in Cliniko by the id.
func TestTheLogNamesClientsByTheirIDs(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, zerolog.DebugLevel)
	log.Warn().Strs(ClientsField, []string{"1701234567890123456", "42"}).Msg("sealed rows do not open and are read again")
	if got := out.String(); !strings.Contains(got, `"clients":["1701234567890123456","42"]`) {
		t.Error(got)
	}
}

// canary is fictitious personal data in its usual formats.
var canary = []string{"canary@example.com", "0412 345 678", "1980-03-05", "telehab://patient?patient_id=77",
	"MS0xLWl4SzYYYYdtR3V2HNOTAREALKEYwvNHdeW0pd-au2", "1701234567890123456"}

func TestCanariesDoNotPassTheLogger(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, zerolog.DebugLevel)
	for _, bird := range canary {
		log.Info().Str("field", bird).Strs("list", []string{"x", bird}).Err(errors.New("read: "+bird)).
			Interface("struct", struct{ Inner any }{map[string]string{bird: bird}}).
			Bytes("bytes", []byte(bird)).Int64("number", 1701234567890123456).Msgf("seen %s there", bird)
	}
	for _, bird := range canary {
		if strings.Contains(out.String(), bird) {
			t.Errorf("%q passed:\n%s", bird, out.String())
		}
	}
	for line := range strings.Lines(out.String()) {
		var event struct{ Time time.Time }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if age := time.Since(event.Time); age < -time.Second || age > time.Minute || event.Time.Location() != time.UTC {
			t.Errorf("time %v in %s", event.Time, line)
		}
	}
}

func TestWriteErrorReachesTheLogger(t *testing.T) {
	reader, writer := io.Pipe()
	_ = reader.CloseWithError(errors.New("disk full"))
	if n, err := Redact(writer).Write([]byte("{}\n")); n != 0 || err == nil {
		t.Fatalf("Write: %d, %v", n, err)
	}
}

var (
	leftDigits = regexp.MustCompile(`\p{Nd}{8}`)
	leftEmail  = regexp.MustCompile(`[a-z0-9]@[a-z0-9]`)
)

func FuzzLine(f *testing.F) {
	for _, bird := range canary {
		f.Add(`{"level":"warn","a":"` + bird + `","time":"2026-01-02T03:04:05Z"}`)
		f.Add(bird)
	}
	f.Add(`{"a":["\u0040\ud83d\ude00",{"b":-1.5e-9,"":null}],"time":12345678}`)
	f.Add("{\"a\":\"\xff12345678\"}\r\n[[]]\n")
	f.Fuzz(func(t *testing.T, line string) {
		got := redacted(t, line)
		in, out := strings.SplitAfter(line, "\n"), strings.SplitAfter(got, "\n")
		if len(in) != len(out) {
			t.Fatalf("%d lines became %d", len(in), len(out))
		}
		for i := range in {
			if json.Valid([]byte(in[i])) {
				checkValue(t, in[i], out[i])
			} else {
				checkText(t, out[i])
			}
		}
	})
}

// checkValue checks that out is JSON, with nothing personal in any string but
// the time.
func checkValue(t *testing.T, in, out string) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil || !json.Valid([]byte(out)) {
		t.Fatalf("%q became %q: %v", in, out, err)
	}
	if object, ok := value.(map[string]any); ok {
		if text, ok := object["time"].(string); ok {
			if _, err := time.Parse(time.RFC3339, text); err == nil {
				delete(object, "time")
			}
		}
	}
	walk(value, func(text string) { checkText(t, text) })
}

func walk(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	case map[string]any:
		for name, inner := range v {
			visit(name)
			walk(inner, visit)
		}
	}
}

func checkText(t *testing.T, text string) {
	if leftDigits.MatchString(text) && !strings.Contains(text, "@v") {
		t.Fatalf("digits left in %q", text)
	}
	if leftEmail.MatchString(text) && !strings.Contains(text, "@v") {
		t.Fatalf("email left in %q", text)
	}
	if at := strings.Index(strings.ToLower(text), "telehab:"); at >= 0 && strings.HasPrefix(text[at:], "telehab://") {
		t.Fatalf("link left in %q", text)
	}
}

func BenchmarkRedact(b *testing.B) {
	for name, line := range map[string]string{
		"quiet": `{"level":"info","pass":"full","read":1200,"synced":1180,"failed":20,"time":"2026-01-02T03:04:05.678Z","message":"pass ended"}` + "\n",
		"loud":  `{"level":"error","error":"Get \"https://api.au1.cliniko.com/v1/patients?q[]=x&page=2\": EOF","patient":"1701234567890123456","time":"2026-01-02T03:04:05.678Z","message":"read canary@example.com"}` + "\n",
	} {
		b.Run(name, func(b *testing.B) {
			out := Redact(io.Discard)
			for b.Loop() {
				_, _ = out.Write([]byte(line))
			}
		})
	}
}
