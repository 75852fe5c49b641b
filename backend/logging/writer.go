package logging

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/profile"
)

// Redact returns a writer that blanks what is personal or secret in every line
// before it writes to out. A line of JSON stays JSON with the same fields: only
// strings change, and a number of eight or more digits becomes a string. The
// time field is unchanged, and so are the ids in the field ClientsField. Any
// other line is treated as plain text. Each Write has to consist of whole
// lines, as loggers write them.
func Redact(out io.Writer) io.Writer { return redactor{out} }

type redactor struct{ out io.Writer }

func (r redactor) Write(lines []byte) (int, error) {
	clean := make([]byte, 0, len(lines)+len(lines)/8)
	for line := range bytes.Lines(lines) {
		clean = appendLine(clean, line)
	}
	if _, err := r.out.Write(clean); err != nil {
		return 0, err
	}
	return len(lines), nil
}

func appendLine(dst, line []byte) []byte {
	body := bytes.TrimRight(line, "\r\n")
	if json.Valid(body) {
		dst = (&scanner{src: body}).appendValue(dst, false)
	} else {
		dst = append(dst, Text(string(body))...)
	}
	return append(dst, line[len(body):]...)
}

// scanner copies one valid JSON value and redacts it. It copies every byte that
// it has no reason to change.
type scanner struct {
	src   []byte
	at    int
	depth int
}

// appendValue copies the next value; secret blanks every string and number in
// it.
func (s *scanner) appendValue(dst []byte, secret bool) []byte {
	dst = s.appendSpace(dst)
	if s.at == len(s.src) {
		return dst
	}
	switch c := s.src[s.at]; {
	case c == '{':
		dst = s.appendObject(dst, secret)
	case c == '[':
		dst = s.appendArray(dst, secret)
	case c == '"':
		dst = appendString(dst, s.string(), secret)
	case c == '-' || '0' <= c && c <= '9':
		dst = appendNumber(dst, s.word(), secret)
	default:
		dst = append(dst, s.word()...) // true, false, null
	}
	return s.appendSpace(dst)
}

func (s *scanner) appendObject(dst []byte, secret bool) []byte {
	s.depth++
	dst = s.appendByte(dst) // {
	for dst = s.appendSpace(dst); s.src[s.at] != '}'; dst = s.appendComma(dst) {
		dst = s.appendSpace(dst)
		name := s.string()
		dst = appendString(dst, name, false)
		dst = s.appendSpace(dst)
		dst = s.appendByte(dst) // :
		dst = s.appendSpace(dst)
		plain := unquote(name)
		if s.depth == 1 && plain == zerolog.TimestampFieldName && s.isTime() {
			dst = s.appendSpace(append(dst, s.string()...))
			continue
		}
		if s.depth == 1 && plain == ClientsField && s.src[s.at] == '[' {
			dst = s.appendClients(dst)
			continue
		}
		dst = s.appendValue(dst, secret || isSecretName(plain))
	}
	s.depth--
	return s.appendByte(dst) // }
}

func (s *scanner) appendArray(dst []byte, secret bool) []byte {
	s.depth++
	dst = s.appendByte(dst) // [
	for dst = s.appendSpace(dst); s.src[s.at] != ']'; dst = s.appendComma(dst) {
		dst = s.appendValue(dst, secret)
	}
	s.depth--
	return s.appendByte(dst) // ]
}

// ClientsField is the field of a line that lists clients by Cliniko's ids,
// which is what a person looks them up by.
const ClientsField = "clients"

// appendClients copies a list of ids. Whatever else is in it is redacted.
func (s *scanner) appendClients(dst []byte) []byte {
	s.depth++
	dst = s.appendByte(dst) // [
	for dst = s.appendSpace(dst); s.src[s.at] != ']'; dst = s.appendComma(dst) {
		dst = s.appendSpace(dst)
		ahead := scanner{src: s.src, at: s.at}
		if s.src[s.at] == '"' {
			if _, isID := profile.ParseID(unquote(ahead.string())); isID {
				dst = s.appendSpace(append(dst, s.string()...))
				continue
			}
		}
		dst = s.appendValue(dst, false)
	}
	s.depth--
	return s.appendByte(dst) // ]
}

func (s *scanner) appendByte(dst []byte) []byte {
	s.at++
	return append(dst, s.src[s.at-1])
}

func (s *scanner) appendComma(dst []byte) []byte {
	if s.src[s.at] == ',' {
		return s.appendByte(dst)
	}
	return dst
}

func (s *scanner) appendSpace(dst []byte) []byte {
	for s.at < len(s.src) && bytes.IndexByte([]byte(" \t\r\n"), s.src[s.at]) >= 0 {
		dst = s.appendByte(dst)
	}
	return dst
}

// string consumes the next token, a string with its quotes.
func (s *scanner) string() []byte {
	begin := s.at
	for s.at++; s.src[s.at] != '"'; s.at++ {
		if s.src[s.at] == '\\' {
			s.at++
		}
	}
	s.at++
	return s.src[begin:s.at]
}

// word consumes the next token, up to punctuation or space.
func (s *scanner) word() []byte {
	begin := s.at
	for s.at < len(s.src) && bytes.IndexByte([]byte(",]} \t\r\n"), s.src[s.at]) < 0 {
		s.at++
	}
	return s.src[begin:s.at]
}

// isTime reports whether the next token is a time in this log's format.
func (s *scanner) isTime() bool {
	if s.src[s.at] != '"' {
		return false
	}
	ahead := scanner{src: s.src, at: s.at}
	_, err := time.Parse(time.RFC3339, unquote(ahead.string()))
	return err == nil
}

// appendString appends a string token, redacted. An unchanged one is copied
// byte for byte.
func appendString(dst, token []byte, secret bool) []byte {
	if secret && len(token) > 2 {
		return append(append(append(dst, '"'), Blank...), '"')
	}
	plain := unquote(token)
	clean := Text(plain)
	if clean == plain {
		return append(dst, token...)
	}
	quoted, err := json.Marshal(clean)
	if err != nil { // a string always marshals
		quoted = []byte(`""`)
	}
	return append(dst, quoted...)
}

// appendNumber blanks whole numbers that could be a phone number or an id, but
// not fractional ones, which are measurements.
func appendNumber(dst, token []byte, secret bool) []byte {
	whole := bytes.TrimPrefix(token, []byte("-"))
	if end := bytes.IndexAny(whole, ".eE"); end >= 0 {
		whole = whole[:end]
	}
	if secret || len(whole) >= 8 {
		return append(append(append(dst, '"'), Blank...), '"')
	}
	return append(dst, token...)
}

// unquote returns the text of a string token.
func unquote(token []byte) string {
	inner := token[1 : len(token)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	var text string
	if err := json.Unmarshal(token, &text); err != nil { // a valid token always unmarshals
		return Blank
	}
	return text
}
