package fakeclinic

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// finish sends a complete answer.
func (c *Clinic) finish(w http.ResponseWriter, request Request, answer response) {
	c.start(w, &request, answer, len(answer.body))
	if answer.status != http.StatusNoContent {
		// The client may have disconnected.
		_, _ = w.Write(answer.body)
	}
}

// start records the status, runs the AfterRequest hook and sends the header.
func (c *Clinic) start(w http.ResponseWriter, request *Request, answer response, length int) {
	request.Status = answer.status
	c.traffic.answered(request.N, answer.status)
	c.hooks.after(*request)
	header := w.Header()
	for name, values := range answer.header {
		header[name] = values
	}
	header.Set("Date", c.now().UTC().Format(http.TimeFormat))
	header.Set("Cache-Control", "no-store")
	if answer.status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(length))
	}
	w.WriteHeader(answer.status)
}

// hang makes a client wait until it gives up, or for a time, and then closes
// the connection.
func (c *Clinic) hang(r *http.Request, request Request, wait time.Duration) {
	var over <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-r.Context().Done():
	}
	c.hooks.after(request)
	panic(http.ErrAbortHandler)
}

// cut announces the whole body and sends half of it.
func (c *Clinic) cut(w http.ResponseWriter, request Request, answer response) {
	c.start(w, &request, answer, len(answer.body))
	_, _ = w.Write(answer.body[:len(answer.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// flood sends a list whose end a client should not wait for.
func (c *Clinic) flood(w http.ResponseWriter, request Request, size int64) {
	if size <= 0 {
		size = 64 << 20
	}
	c.start(w, &request, jsonResponse(http.StatusOK, nil), int(size))
	chunk := bytes.Repeat([]byte(`{"id":"1"},`), 4096)
	sent, err := w.Write([]byte(`{"patients":[`))
	for left := size - int64(sent); left > 0 && err == nil; left -= int64(sent) {
		sent, err = w.Write(chunk[:min(left, int64(len(chunk)))])
	}
}

// replacement returns the whole answer for faults that do not depend on the
// clinic.
func (c *Clinic) replacement(fault Fault) (answer response, replaced bool) {
	switch fault.Kind {
	case ServerError, BadGateway, Unavailable, GatewayTime:
		status, err := strconv.Atoi(string(fault.Kind))
		if err != nil { // these kinds are numbers
			panic(err)
		}
		return htmlPage(status, "<h1>Something went wrong</h1><p>We have been notified and are looking into it.</p>"), true
	case LoginPage:
		return htmlPage(http.StatusOK, `<h1>Sign in</h1><form method="post"><input name="email"></form>`), true
	case NoContent:
		return response{status: http.StatusNoContent}, true
	case Unauthorized:
		return refusal(http.StatusUnauthorized, "Unauthorized"), true
	case Forbidden:
		return refusal(http.StatusForbidden, "Forbidden"), true
	case TooMany:
		wait := fault.Wait
		if wait <= 0 {
			wait = rateWindow
		}
		return tooMany(c.now().Add(wait + fault.Skew)), true
	case Redirect:
		return response{http.StatusFound, http.Header{"Location": {fault.elsewhere()}}, nil}, true
	}
	return response{}, false
}

func htmlPage(status int, content string) response {
	return response{status, http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		[]byte("<!DOCTYPE html>\n<html><head><title>Cliniko</title></head><body>" + content + "</body></html>\n")}
}

// elsewhere is on a host to which no client should follow a link.
func (f Fault) elsewhere() string {
	if f.Location != "" {
		return f.Location
	}
	return "http://elsewhere.invalid/v1/patients?page=2"
}

// appendRows writes a page's patients, with one of them changed by a fault.
func appendRows(b []byte, page []*record, base string, fault Fault) []byte {
	row := -1
	if len(page) > 0 {
		row = fault.Row % len(page)
	}
	for i, person := range page {
		if i > 0 {
			b = append(b, ',')
		}
		if fault.Kind == ReplacedRow && len(page) > 1 && i == (row+1)%len(page) {
			person = page[row]
		}
		if i != row {
			b = appendPatient(b, person, base)
			continue
		}
		switch fault.Kind {
		case Undecodable:
			b = appendText(append(b, `{"id":`...), person.patient.ID)
			b = append(b, `,"first_name":{"text":["?"]},"last_name":12,"updated_at":"last week","email":[]}`...)
		case Unreadable:
			b = append(b, `["?",{"id":false}]`...)
		case DuplicateRow:
			b = append(appendPatient(b, person, base), ',')
			b = appendPatient(b, person, base)
		default:
			b = appendPatient(b, person, base)
		}
	}
	return b
}
