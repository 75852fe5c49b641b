package fakeclinic

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is one q[] filter: a range of a sorted column of the roster, a list
// of ids, or a test of each patient.
type condition struct {
	column    column
	low, high int64
	ids       []string
	matches   func(*record) bool
}

// badRequest is a message that goes out with status 400.
type badRequest string

func (message badRequest) Error() string { return string(message) }

// field says how one of the patients' fields is filtered and read; other fields
// cannot be filtered.
type field struct {
	kind   kind
	column column
	text   func(*Patient) *string
}

type kind int

const (
	identity kind = iota
	dateTime
	date
	words
	answer
)

var filterable = map[string]field{
	"id":                      {kind: identity, column: byID},
	"created_at":              {kind: dateTime, column: byCreated},
	"updated_at":              {kind: dateTime, column: byUpdated},
	"archived_at":             {kind: dateTime, column: byArchived},
	"date_of_birth":           {kind: date, text: func(p *Patient) *string { return p.DateOfBirth }},
	"first_name":              {kind: words, text: func(p *Patient) *string { return p.FirstName }},
	"last_name":               {kind: words, text: func(p *Patient) *string { return p.LastName }},
	"preferred_first_name":    {kind: words, text: func(p *Patient) *string { return p.PreferredFirstName }},
	"email":                   {kind: words, text: func(p *Patient) *string { return p.Email }},
	"old_reference_id":        {kind: words, text: func(p *Patient) *string { return p.OldReferenceID }},
	"accepted_privacy_policy": {kind: answer},
}

// operators has longer ones first, since each is matched as a prefix of what
// follows the colon.
var operators = []string{"!?", "!=", ">=", "<=", "~~", "~", "=", ">", "<", "?", "*"}

// filter is a parsed q[] value, before it is interpreted for its field.
type filter struct {
	name, operator, value string
}

func parseFilter(text string) (filter, error) {
	name, rest, _ := strings.Cut(text, ":")
	if _, known := filterable[name]; !known {
		return filter{}, badRequest(name + " is not filterable")
	}
	for _, operator := range operators {
		if value, found := strings.CutPrefix(rest, operator); found {
			takesNone := operator == "?" || operator == "!?" || operator == "*"
			if takesNone != (value == "") {
				return filter{}, badRequest(fmt.Sprintf("Filter value for %s is invalid", name))
			}
			return filter{name, operator, value}, nil
		}
	}
	return filter{}, badRequest(fmt.Sprintf("Filter operator for %s is missing", name))
}

func (f filter) condition() (condition, error) {
	switch about := filterable[f.name]; about.kind {
	case identity:
		return f.identityCondition()
	case dateTime:
		return f.timeCondition(about.column)
	case date:
		return f.dateCondition(about.text)
	case words:
		return f.textCondition(about.text)
	default:
		return f.answerCondition()
	}
}

func (f filter) unsupported() (condition, error) {
	return condition{}, badRequest(fmt.Sprintf("%s can't be filtered with %s", f.name, f.operator))
}

func within(c column, low, high int64) (condition, error) {
	return condition{column: c, low: low, high: high, matches: func(r *record) bool {
		key := r.key(c)
		return low <= key && key <= high
	}}, nil
}

func test(matches func(*record) bool) (condition, error) {
	return condition{column: noColumn, matches: matches}, nil
}

// comparison turns an ordering operator into a range of keys.
func (f filter) comparison(c column, key int64) (condition, error) {
	switch f.operator {
	case ">=":
		return within(c, key, math.MaxInt64)
	case ">":
		return within(c, key+1, math.MaxInt64)
	case "<=":
		return within(c, never+1, key)
	case "<":
		return within(c, never+1, key-1)
	}
	return f.unsupported()
}

func (f filter) identityCondition() (condition, error) {
	switch f.operator {
	case "?":
		return test(func(*record) bool { return true })
	case "!?":
		return test(func(*record) bool { return false })
	case "=":
		return f.identityList()
	}
	id, err := strconv.ParseUint(f.value, 10, 63)
	if err != nil {
		return condition{}, badRequest("Filter value for id must be a number")
	}
	if f.operator == "!=" {
		return test(func(r *record) bool { return r.id != id })
	}
	return f.comparison(byID, int64(id))
}

func (f filter) identityList() (condition, error) {
	var ids []string
	for text := range strings.SplitSeq(f.value, ",") {
		id, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return condition{}, badRequest("Filter value for id must be a number")
		}
		ids = append(ids, strconv.FormatUint(id, 10))
	}
	return condition{column: noColumn, ids: ids, matches: func(r *record) bool {
		return slices.Contains(ids, r.patient.ID)
	}}, nil
}

func (f filter) timeCondition(c column) (condition, error) {
	switch f.operator {
	case "*":
		return test(func(*record) bool { return true })
	case "?":
		return test(func(r *record) bool { return r.key(c) != never })
	case "!?":
		return test(func(r *record) bool { return r.key(c) == never })
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", f.value)
	if err != nil {
		return condition{}, badRequest(fmt.Sprintf("Filter value for %s must be a UTC date and time", f.name))
	}
	return f.comparison(c, at.UnixMicro())
}

func (f filter) dateCondition(text func(*Patient) *string) (condition, error) {
	present := func(r *record) bool { return value(text(&r.patient)) != "" }
	switch f.operator {
	case "?":
		return test(present)
	case "!?":
		return test(func(r *record) bool { return !present(r) })
	}
	wild := strings.Contains(f.value, "*")
	if !datePattern(f.value) || wild && f.operator != "=" {
		return condition{}, badRequest(fmt.Sprintf("Filter value for %s must be a date", f.name))
	}
	// Dates in this form sort as text; an unset one matches nothing.
	compare, known := map[string]func(day string) bool{
		"=":  func(day string) bool { return dayMatches(day, f.value) },
		">=": func(day string) bool { return day >= f.value },
		">":  func(day string) bool { return day > f.value },
		"<=": func(day string) bool { return day <= f.value },
		"<":  func(day string) bool { return day < f.value },
	}[f.operator]
	if !known {
		return f.unsupported()
	}
	return test(func(r *record) bool { return present(r) && compare(*text(&r.patient)) })
}

// datePattern accepts YYYY-MM-DD with a star in place of any digit; a date
// without stars has to exist.
func datePattern(text string) bool {
	if len(text) != len(time.DateOnly) {
		return false
	}
	if !strings.Contains(text, "*") {
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	}
	for i, r := range text {
		if dash := i == 4 || i == 7; dash != (r == '-') || !dash && r != '*' && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func dayMatches(day, pattern string) bool {
	if len(day) != len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] != '*' && pattern[i] != day[i] {
			return false
		}
	}
	return true
}

func (f filter) textCondition(text func(*Patient) *string) (condition, error) {
	wanted := strings.ToLower(f.value)
	compare, known := map[string]func(*string) bool{
		"?":  func(t *string) bool { return t != nil },
		"!?": func(t *string) bool { return t == nil },
		"=":  func(t *string) bool { return t != nil && *t == f.value },
		"!=": func(t *string) bool { return t != nil && *t != f.value },
		"~":  func(t *string) bool { return t != nil && strings.Contains(strings.ToLower(*t), wanted) },
		"~~": func(t *string) bool { return t != nil && like(strings.ToLower(*t), strings.Split(wanted, "%")) },
	}[f.operator]
	if !known {
		return f.unsupported()
	}
	return test(func(r *record) bool { return compare(text(&r.patient)) })
}

// like matches text with the pieces of a pattern that was split at its % signs.
func like(text string, pieces []string) bool {
	rest, begins := strings.CutPrefix(text, pieces[0])
	if len(pieces) == 1 {
		return begins && rest == ""
	}
	for _, piece := range pieces[1 : len(pieces)-1] {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			return false
		}
		rest = after
	}
	return begins && strings.HasSuffix(rest, pieces[len(pieces)-1])
}

func (f filter) answerCondition() (condition, error) {
	wanted, err := strconv.ParseBool(f.value)
	if err != nil || f.value != strconv.FormatBool(wanted) {
		return condition{}, badRequest(fmt.Sprintf("Filter value for %s must be true or false", f.name))
	}
	switch f.operator {
	case "=", "!=":
		return test(func(r *record) bool {
			given := r.patient.AcceptedPrivacyPolicy
			return given != nil && (*given == wanted) == (f.operator == "=")
		})
	}
	return f.unsupported()
}
