package cliniko

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// values encodes a query for Cliniko. The brackets of q[] matter: Cliniko
// silently ignores a filter without them.
func values(q profile.Query) url.Values {
	v := url.Values{}
	filter := func(condition string) { v.Add("q[]", condition) }
	from := func(field, operator string, t time.Time) {
		if !t.IsZero() {
			filter(field + ":" + operator + t.UTC().Format("2006-01-02T15:04:05Z"))
		}
	}
	if !q.ActiveOnly && q.ArchivedFrom.IsZero() && q.ArchivedUntil.IsZero() {
		filter("archived_at:*")
	}
	from("created_at", ">=", q.CreatedFrom)
	from("created_at", "<", q.CreatedBefore)
	from("updated_at", ">=", q.ChangedFrom)
	from("updated_at", "<", q.ChangedBefore)
	from("archived_at", ">=", q.ArchivedFrom)
	from("archived_at", "<", q.ArchivedUntil)
	if len(q.IDs) > 0 {
		ids := make([]string, len(q.IDs))
		for i, id := range q.IDs {
			ids[i] = string(id)
		}
		filter("id:=" + strings.Join(ids, ","))
	}
	if q.IDAfter != "" {
		filter("id:>" + string(q.IDAfter))
	}
	if q.IDUpTo != "" {
		filter("id:<=" + string(q.IDUpTo))
	}
	if q.Order != profile.ByCreation {
		v.Set("sort", string(q.Order)+":asc")
	}
	size := q.Size
	if size == 0 {
		size = profile.PageSize
	}
	v.Set("per_page", strconv.Itoa(size))
	if q.Number > 1 {
		v.Set("page", strconv.Itoa(q.Number))
	}
	return v
}
