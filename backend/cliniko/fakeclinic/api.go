package fakeclinic

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// response is an answer before it is sent, so that a fault can change it.
type response struct {
	status int
	header http.Header
	body   []byte
}

func jsonResponse(status int, body []byte) response {
	return response{status, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body}
}

// refusal has the {"message": …} that Cliniko sends with a 400; the bodies of
// other refusals are undocumented.
func refusal(status int, message string) response {
	body, err := json.Marshal(map[string]string{"message": message})
	if err != nil { // text always encodes
		panic(err)
	}
	return jsonResponse(status, body)
}

// serveAPI takes a request through its stages: record, gate, latency, fault,
// answer.
func (c *Clinic) serveAPI(w http.ResponseWriter, r *http.Request) {
	turnedAway := c.refuse(r)
	request, reset := c.traffic.arrive(Request{
		At: c.now(), Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery,
	}, turnedAway == nil)
	if !pause(r, c.hooks.delay()) {
		return
	}
	switch {
	case turnedAway != nil:
		c.finish(w, request, *turnedAway)
	case !reset.IsZero():
		c.finish(w, request, tooMany(reset))
	default:
		c.admit(w, r, request)
	}
}

func (c *Clinic) admit(w http.ResponseWriter, r *http.Request, request Request) {
	fault := c.hooks.fault(request)
	if answer, replaced := c.replacement(fault); replaced {
		c.finish(w, request, answer)
		return
	}
	if fault.Kind == Hang {
		c.hang(r, request, fault.Wait)
	}
	c.hooks.before(request)
	answer := c.answer(r, fault)
	switch fault.Kind {
	case CutBody:
		c.cut(w, request, answer)
	case HugeBody:
		c.flood(w, request, fault.Size)
	case BadGzip:
		answer.header.Set("Content-Encoding", "gzip")
		c.finish(w, request, answer)
	default:
		c.finish(w, request, answer)
	}
}

// refuse returns the refusal of a request before any lookup, or nil.
func (c *Clinic) refuse(r *http.Request) *response {
	if r.UserAgent() == "" {
		return &response{http.StatusBadRequest, http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
			[]byte("Requires a user agent")}
	}
	if key, _, given := r.BasicAuth(); !given || !c.accepts(key) {
		return new(refusal(http.StatusUnauthorized, "Unauthorized"))
	}
	if r.Method != http.MethodGet {
		answer := refusal(http.StatusMethodNotAllowed, "This clinic can only be read")
		answer.header.Set("Allow", http.MethodGet)
		return &answer
	}
	return nil
}

// accepts compares a key with the clinic's, with or without the shard suffix.
func (c *Clinic) accepts(key string) bool {
	whole := c.options.Key
	body := whole
	if at := strings.LastIndexByte(whole, '-'); at > 0 {
		body = whole[:at]
	}
	isWhole := subtle.ConstantTimeCompare([]byte(key), []byte(whole))
	isBody := subtle.ConstantTimeCompare([]byte(key), []byte(body))
	return isWhole|isBody == 1
}

func tooMany(reset time.Time) response {
	answer := refusal(http.StatusTooManyRequests, "Too many requests")
	seconds := reset.Unix()
	if reset.Nanosecond() > 0 { // rounded up, so that a request at that time is admitted
		seconds++
	}
	answer.header.Set("X-RateLimit-Reset", strconv.FormatInt(seconds, 10))
	return answer
}

// pause waits for the latency. It returns false if the client has disconnected.
func pause(r *http.Request, latency time.Duration) bool {
	if latency <= 0 {
		return r.Context().Err() == nil
	}
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// answer routes an admitted request.
func (c *Clinic) answer(r *http.Request, fault Fault) response {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refusal(http.StatusBadRequest, "Bad query")
	}
	base := baseURL(r)
	switch path := strings.TrimPrefix(r.URL.Path, "/v1"); path {
	case "/patients":
		return c.listPatients(path, query, base, fault)
	case "/patients/archived":
		return c.listPatients(path, query, base, fault)
	case "/user":
		return jsonResponse(http.StatusOK, c.userJSON(base))
	case "/settings/public":
		return jsonResponse(http.StatusOK, c.settingsJSON())
	case "/businesses":
		return jsonResponse(http.StatusOK, c.businessesJSON(base))
	default:
		if id, one := strings.CutPrefix(path, "/patients/"); one {
			return c.onePatient(id, query, base)
		}
		return notFound()
	}
}

// baseURL is the address that the client used, which links repeat.
func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/v1"
}

func refusedQuery(err error) response {
	if message, bad := errors.AsType[badRequest](err); bad {
		return refusal(http.StatusBadRequest, string(message))
	}
	return refusal(http.StatusInternalServerError, err.Error())
}

// notFound is Cliniko's answer to an unknown id or path.
func notFound() response {
	return refusal(http.StatusNotFound, "The requested resource could not be found")
}

// listPatients answers /patients, and /patients/archived, which lists only
// archived ones.
func (c *Clinic) listPatients(path string, query url.Values, base string, fault Fault) response {
	asked := query
	if path == "/patients/archived" {
		asked = maps.Clone(query)
		asked["q[]"] = append(slices.Clone(query["q[]"]), "archived_at:?")
	}
	l, err := parseListing(asked, fault.Kind)
	if err != nil {
		return refusedQuery(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	people, backwards := c.roster.find(l)
	page := l.pageOf(people, backwards)

	body := make([]byte, 0, 512+len(page)*3072)
	body = append(body, `{"patients":[`...)
	body = appendRows(body, page, base, fault)
	body = append(body, `],"total_entries":`...)
	body = strconv.AppendInt(body, fault.count(len(people)), 10)
	body = append(body, `,"links":{"self":`...)
	body = appendText(body, pageURL(base+path, query, l.page))
	if l.page*l.perPage < len(people) {
		next := pageURL(base+path, query, l.page+1)
		if fault.Kind == ForeignNext {
			next = fault.elsewhere()
		}
		body = appendText(append(body, `,"next":`...), next)
	}
	if l.page > 1 {
		body = appendText(append(body, `,"previous":`...), pageURL(base+path, query, l.page-1))
	}
	return jsonResponse(http.StatusOK, append(body, "}}"...))
}

// pageURL repeats the request's query with another page.
func pageURL(address string, query url.Values, page int) string {
	was := query["page"]
	query.Set("page", strconv.Itoa(page))
	address += "?" + query.Encode()
	query["page"] = was
	return address
}

func (c *Clinic) onePatient(id string, query url.Values, base string) response {
	var conditions []condition
	population := active
	for _, text := range query["q[]"] {
		f, err := parseFilter(text)
		if err == nil && f.name != "archived_at" {
			err = badRequest(f.name + " is not filterable")
		}
		if err != nil {
			return refusedQuery(err)
		}
		condition, err := f.condition()
		if err != nil {
			return refusedQuery(err)
		}
		conditions, population = append(conditions, condition), everyone
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	person, known := c.roster.people[id]
	if !known || !population.has(person) || !matchesAll(conditions, person) {
		return notFound()
	}
	return jsonResponse(http.StatusOK, appendPatient(nil, person, base))
}
