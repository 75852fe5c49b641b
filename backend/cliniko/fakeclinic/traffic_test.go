package fakeclinic_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

func TestLimitSlides(t *testing.T) {
	options := empty()
	options.Limit = 3
	v := visit(t, options)
	for range 3 {
		if got := v.get("/user"); got.status != http.StatusOK {
			t.Fatalf("under the limit: %d", got.status)
		}
		v.clock.pass(10500 * time.Millisecond)
	}
	got := v.get("/user")
	reset := strconv.FormatInt(epoch.Add(time.Minute).Unix(), 10)
	if got.status != http.StatusTooManyRequests || got.header.Get("X-RateLimit-Reset") != reset {
		t.Fatalf("over the limit: %d, reset %q, want 429, %s", got.status, got.header.Get("X-RateLimit-Reset"), reset)
	}
	v.clock.pass(epoch.Add(time.Minute).Sub(v.clock.Now()))
	for i, want := range []int{200, 429} {
		if got := v.get("/user"); got.status != want {
			t.Errorf("request %d at the reset: %d, want %d", i, got.status, want)
		} else if want == 429 && got.header.Get("X-RateLimit-Reset") != strconv.FormatInt(epoch.Unix()+71, 10) {
			t.Errorf("reset %q is not rounded up", got.header.Get("X-RateLimit-Reset"))
		}
	}
	v.clinic.SetLimit(0)
	if got := v.get("/user"); got.status != http.StatusOK {
		t.Errorf("without a limit: %d", got.status)
	}
}

func TestLimitOfAFixedWindow(t *testing.T) {
	options := empty()
	options.Limit, options.FixedWindow = 2, true
	v := visit(t, options)
	v.clock.pass(50 * time.Second)
	for i, want := range []int{200, 200, 429} {
		if got := v.get("/user"); got.status != want {
			t.Errorf("request %d: %d, want %d", i, got.status, want)
		}
	}
	v.clock.pass(10 * time.Second)
	if got := v.get("/user"); got.status != http.StatusOK {
		t.Errorf("in the next minute: %d", got.status)
	}
}

func TestRefusedKeysDoNotUseUpTheLimit(t *testing.T) {
	options := empty()
	options.Limit = 1
	v := visit(t, options)
	bad := v.request(http.MethodGet, "/user")
	bad.SetBasicAuth("wrong", "")
	v.do(bad)
	if got := v.get("/user"); got.status != http.StatusOK {
		t.Errorf("first good request: %d", got.status)
	}
}

func TestRequestsAreRecorded(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 5})
	v.get("/patients?q[]=archived_at:*")
	v.clock.pass(59 * time.Second)
	v.get("/nowhere")
	v.clock.pass(time.Second)
	v.get("/user")
	got := v.clinic.Requests()
	want := []fakeclinic.Request{
		{N: 1, At: epoch, Method: "GET", Path: "/v1/patients", RawQuery: "q[]=archived_at:*", Status: 200},
		{N: 2, At: epoch.Add(59 * time.Second), Method: "GET", Path: "/v1/nowhere", Status: 404},
		{N: 3, At: epoch.Add(60 * time.Second), Method: "GET", Path: "/v1/user", Status: 200},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("request %d is %+v, want %+v", i, got[i], want[i])
		}
	}
	if most := v.clinic.MaxInAny(time.Minute); most != 2 {
		t.Errorf("at most %d in any minute, want 2", most)
	}
	v.clinic.ForgetRequests()
	v.get("/user")
	if kept := v.clinic.Requests(); len(kept) != 1 || kept[0].N != 4 || kept[0].Status != 200 || v.clinic.RequestCount() != 4 {
		t.Errorf("after forgetting: %+v of %d", kept, v.clinic.RequestCount())
	}
}

func TestLatencyEndsWithTheClient(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 1, Latency: 30 * time.Millisecond})
	start := time.Now()
	v.get("/user")
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	v.clinic.SetLatency(time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := v.http.Do(v.request(http.MethodGet, "/user").WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyLoopback(t *testing.T) {
	clinic := fakeclinic.New(empty())
	for _, addr := range []string{":8700", "0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.com:80", "8700", "127.0.0.1.example.com:0"} {
		if server, err := clinic.Start(addr); err == nil {
			t.Errorf("listens on %q", addr)
			must(t, server.Close())
		}
	}
	server, err := clinic.Start("127.0.0.1:0")
	must(t, err)
	must(t, server.Close())
	must(t, server.Close())
}
