package fakeclinic_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// spoiled is a clinic of 30 complete patients whose next answer has a fault.
func spoiled(t *testing.T, fault fakeclinic.Fault) *visitor {
	v := visit(t, fakeclinic.Options{Patients: 30, Shares: new(fakeclinic.CleanShares())})
	v.clinic.SetFaults(fakeclinic.OnRequest(1, fault))
	return v
}

func TestFaultsThatReplaceTheAnswer(t *testing.T) {
	for kind, want := range map[fakeclinic.Kind]struct {
		status int
		body   string
	}{
		fakeclinic.ServerError: {500, "<html>"}, fakeclinic.BadGateway: {502, "<html>"},
		fakeclinic.Unavailable: {503, "<html>"}, fakeclinic.GatewayTime: {504, "<html>"},
		fakeclinic.LoginPage: {200, "<form"}, fakeclinic.NoContent: {204, ""},
		fakeclinic.Unauthorized: {401, ""}, fakeclinic.Forbidden: {403, ""}, fakeclinic.Redirect: {302, ""},
		fakeclinic.TooMany: {429, ""},
	} {
		v := spoiled(t, fakeclinic.Fault{Kind: kind, Skew: 24 * time.Hour})
		got := v.get("/patients")
		if got.status != want.status || !strings.Contains(got.body, want.body) {
			t.Errorf("%s: %d %q", kind, got.status, got.body)
		}
		if kind == fakeclinic.Redirect && got.header.Get("Location") != "http://elsewhere.invalid/v1/patients?page=2" {
			t.Errorf("redirects to %q", got.header.Get("Location"))
		}
		reset := strconv.FormatInt(epoch.Add(time.Minute+24*time.Hour).Unix(), 10)
		if kind == fakeclinic.TooMany && got.header.Get("X-RateLimit-Reset") != reset {
			t.Errorf("reset is %q, want %s", got.header.Get("X-RateLimit-Reset"), reset)
		}
		if status := v.clinic.Requests()[0].Status; status != want.status {
			t.Errorf("%s: recorded as %d", kind, status)
		}
		if next := v.get("/patients"); next.status != http.StatusOK {
			t.Errorf("after %s: %d", kind, next.status)
		}
	}
}

func TestHang(t *testing.T) {
	v := spoiled(t, fakeclinic.Fault{Kind: fakeclinic.Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := v.http.Do(v.request(http.MethodGet, "/user").WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	v.clinic.SetFaults(fakeclinic.OnRequest(2, fakeclinic.Fault{Kind: fakeclinic.Hang, Wait: time.Millisecond}))
	r := v.request(http.MethodGet, "/user")
	r.Header.Set("Connection", "close")
	if _, err := v.http.Do(r); err == nil {
		t.Error("a hang that is over should cut the connection")
	}
}

func TestCutBodyAndBadGzip(t *testing.T) {
	for _, kind := range []fakeclinic.Kind{fakeclinic.CutBody, fakeclinic.BadGzip} {
		v := spoiled(t, fakeclinic.Fault{Kind: kind})
		response, err := v.http.Do(v.request(http.MethodGet, "/patients"))
		must(t, err)
		read, err := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusOK || err == nil {
			t.Errorf("%s: %d, %v", kind, response.StatusCode, err)
		}
		if kind == fakeclinic.CutBody && len(read) == 0 {
			t.Error("nothing arrived before the cut")
		}
	}
}

func TestHugeBody(t *testing.T) {
	v := spoiled(t, fakeclinic.Fault{Kind: fakeclinic.HugeBody, Size: 1 << 20})
	if got := v.get("/patients"); len(got.body) != 1<<20 || !strings.HasPrefix(got.body, `{"patients":[{"id":"1"}`) {
		t.Errorf("%d bytes beginning %.20q", len(got.body), got.body)
	}
}

func TestFaultsWithinAPage(t *testing.T) {
	const size = 10
	ask := []string{"per_page", "10", "sort", "created_at:desc"}
	for kind, check := range map[fakeclinic.Kind]func(whole, page patientsPage) bool{
		fakeclinic.DuplicateRow: func(whole, page patientsPage) bool {
			return len(page.Patients) == size+1 && slices.Equal(slices.Compact(page.ids()), whole.ids())
		},
		fakeclinic.ReplacedRow: func(whole, page patientsPage) bool {
			want := whole.ids()
			want[4] = want[3]
			return slices.Equal(page.ids(), want)
		},
		fakeclinic.ForeignNext: func(whole, page patientsPage) bool {
			return page.Links.Next == "http://elsewhere.invalid/v1/patients?page=2" && slices.Equal(page.ids(), whole.ids())
		},
		fakeclinic.Undecodable: func(whole, page patientsPage) bool {
			_, text := page.Patients[3]["first_name"].(string)
			return !text && slices.Equal(page.ids(), whole.ids())
		},
		fakeclinic.IgnoreSort: func(whole, page patientsPage) bool {
			return whole.Total == page.Total && whole.ids()[0] != page.ids()[0] && page.ids()[0] == "12345601"
		},
	} {
		v := spoiled(t, fakeclinic.Fault{Kind: kind, Row: 13})
		page, whole := v.list(ask...), v.list(ask...)
		if !check(whole, page) {
			t.Errorf("%s: %v, whole %v", kind, page.ids(), whole.ids())
		}
	}
}

func TestWrongCounts(t *testing.T) {
	for fault, want := range map[fakeclinic.Fault]int{
		{Kind: fakeclinic.WrongCount, Count: 9e18}: 9e18, {Kind: fakeclinic.WrongCount}: 0, {Kind: fakeclinic.WrongCount, Count: -1}: -1,
		{Kind: fakeclinic.CountOff, Count: 1}: 31, {Kind: fakeclinic.CountOff, Count: -1}: 29,
	} {
		if page := spoiled(t, fault).list("per_page", "10"); page.Total != want || len(page.Patients) != 10 {
			t.Errorf("%+v: %d of %d", fault, len(page.Patients), page.Total)
		}
	}
}

func TestUnreadableRow(t *testing.T) {
	v := spoiled(t, fakeclinic.Fault{Kind: fakeclinic.Unreadable, Row: 2})
	var page struct{ Patients []json.RawMessage }
	decode(t, v.get("/patients?per_page=5").body, &page)
	if len(page.Patients) != 5 || page.Patients[2][0] != '[' || page.Patients[3][0] != '{' {
		t.Errorf("rows are %.40s", page.Patients)
	}
}

func TestIgnoredIDFilter(t *testing.T) {
	v := spoiled(t, fakeclinic.Fault{Kind: fakeclinic.IgnoreIDFilter})
	if page := v.list("q[]", "id:=12345601", "q[]", "created_at:?"); page.Total != 30 {
		t.Errorf("%d people, want all 30", page.Total)
	}
	if page := v.list("q[]", "id:=12345601", "q[]", "created_at:?"); page.Total != 1 {
		t.Errorf("%d people, want 1", page.Total)
	}
}

func TestKeyIsRevokedFromARequestOn(t *testing.T) {
	v := visit(t, empty())
	v.clinic.SetFaults(fakeclinic.FromRequest(2, fakeclinic.Fault{Kind: fakeclinic.Unauthorized}))
	for i, want := range []int{200, 401, 401} {
		if got := v.get("/user"); got.status != want {
			t.Errorf("request %d: %d, want %d", i+1, got.status, want)
		}
	}
}

func TestRandomFaultsAreTheSameForTheSameSeed(t *testing.T) {
	probability, err := fakeclinic.ParseFaults("500=0.1, hang=0.05,duplicate=0.05")
	must(t, err)
	one, other := fakeclinic.RandomFaults(7, probability), fakeclinic.RandomFaults(7, probability)
	count := map[fakeclinic.Kind]int{}
	for n := range 10_000 {
		fault := one(fakeclinic.Request{N: n})
		if fault != other(fakeclinic.Request{N: n}) {
			t.Fatalf("request %d differs", n)
		}
		count[fault.Kind]++
	}
	for kind, want := range map[fakeclinic.Kind]int{"500": 1000, "hang": 500, "duplicate": 500, "": 8000} {
		if got := count[kind]; got < want*8/10 || got > want*12/10 {
			t.Errorf("%q: %d times, want about %d", kind, got, want)
		}
	}
	for _, bad := range []string{"500", "teapot=0.1", "500=2", "500=-1", "500=NaN", "500=0.6,502=0.6"} {
		if _, err := fakeclinic.ParseFaults(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
