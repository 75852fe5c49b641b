package fakehub

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// Kind is a kind of fault in one answer.
type Kind int

// The kinds.
const (
	NoFault     Kind = iota
	Refused          // the status, with the reason of a refusal
	Rejected         // 400 with Fault.Errors
	TooMany          // 429, with Retry-After where Fault.Wait is not 0
	LoginPage        // 200 with HTML
	LostBefore       // the connection ends, and nothing was done
	LostAfter        // the request is carried out, and then the connection ends
	OtherAnswer      // Fault.Status and Fault.Body, and nothing was done
)

// Fault is what goes wrong with one answer. The zero value is no fault.
type Fault struct {
	Kind   Kind
	Status int
	Wait   time.Duration
	Errors map[string][]string
	Body   string
}

func (f Fault) answer(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch f.Kind {
	case NoFault:
		next.ServeHTTP(w, r)
	case Refused:
		refuse(w, f.Status, "Refused")
	case Rejected:
		reject(w, f.Errors)
	case TooMany:
		if f.Wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.Wait.Seconds())))
		}
		refuse(w, http.StatusTooManyRequests, "Too many requests")
	case LoginPage:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>Welcome to the network</html>"))
	case LostBefore:
		panic(http.ErrAbortHandler)
	case LostAfter:
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case OtherAnswer:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
	}
}
