package cliniko

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"telehab.io/desktop/backend/profile"
)

// maxRecords is far more than the records of a page, of which each request asks
// for at most profile.PageSize. A record may have few bytes in the answer, and
// many in memory.
const maxRecords = 10 * profile.PageSize

var errTooMany = errors.New("too many records")

// list is a JSON array. It fails once it has more than maxRecords values, all of
// which it then has.
type list[T any] []T

func (l *list[T]) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	*l = nil // of fields with the same name the last one counts
	if from.PeekKind() == jsontext.KindBeginArray {
		*l = list[T]{}
	}
	return eachOf(from, func(value T) error {
		*l = append(*l, value)
		if len(*l) > maxRecords {
			return errTooMany
		}
		return nil
	})
}

// eachOf reads a JSON array, or null, without holding it in memory.
func eachOf[T any](from *jsontext.Decoder, use func(value T) error) error {
	token, err := from.ReadToken()
	switch {
	case err != nil:
		return err
	case token.Kind() == jsontext.KindNull:
		return nil
	case token.Kind() != jsontext.KindBeginArray:
		return errors.New("a list was expected")
	}
	var value, none T
	for from.PeekKind() != jsontext.KindEndArray {
		value = none
		if err := json.UnmarshalDecode(from, &value); err != nil {
			return err
		}
		if err := use(value); err != nil {
			return err
		}
	}
	_, err = from.ReadToken()
	return err
}
