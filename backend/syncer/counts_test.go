package syncer_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// A wrong count costs some requests, and at most the pass: it is never a number
// to allocate by or to count pages by.
func TestWrongCounts(t *testing.T) {
	for name, c := range map[string]struct {
		fault    fakeclinic.Fault
		patients int
		fails    bool
	}{
		"one too many":                           {off(1), 250, false},
		"one too many, so that there is a page":  {off(1), 300, false},
		"one too many of nobody":                 {off(1), fakeclinic.NoPatients, false},
		"one too many of few":                    {off(1), 20, false},
		"one too few":                            {off(-1), 250, false},
		"one too few, so that there is no page":  {off(-1), 301, false},
		"one too few, so that there is one page": {off(-1), 101, false},
		"a page too few":                         {off(-100), 350, false},
		"a page too many":                        {off(100), 350, false},
		"none":                                   {is(0), 250, false},
		"a million":                              {is(1_000_000), 250, false},
		"a million instead of a page":            {is(1_000_000), 100, false},
		"a million instead of few":               {is(1_000_000), 20, false},
		"ten million and one":                    {is(10_000_001), 250, true},
		"10^9":                                   {is(1_000_000_000), 250, true},
		"10^12":                                  {is(1_000_000_000_000), 250, true},
		"9·10^18":                                {is(9e18), 250, true},
		"so many that a page more is less than none": {is(1<<63 - 1), 250, true},
		"negative": {is(-1), 250, true},
	} {
		t.Run(name, func(t *testing.T) {
			c0 := newClinic(t, fakeclinic.Options{Seed: 61, Patients: c.patients, Shares: &fakeclinic.Shares{Archived: 0.05, NoEmail: 0.1}})
			beyond := 0
			pages := (c0.fake.Len() + profile.PageSize - 1) / profile.PageSize
			c0.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
				if n := pageNumber(t, r); n > max(1, pages) {
					beyond++
				}
				return c.fault
			})
			for _, kind := range []passKind{fullPass, changesPass, askedPass, importPass, fullPass} {
				beyond = 0
				sent := c0.fake.RequestCount()
				var pass profile.Pass
				var err error
				switch kind {
				case fullPass:
					pass, err = c0.engine.Full(t.Context(), nil)
				case changesPass:
					pass, err = c0.engine.Changes(t.Context(), nil)
				case askedPass:
					pass, err = c0.engine.Sync(t.Context(), nil)
				case importPass:
					list, listErr := c0.engine.List(t.Context(), nil)
					if err = listErr; err == nil {
						pass, err = c0.engine.Import(t.Context(), list, nil)
					}
				}
				sent = c0.fake.RequestCount() - sent
				if c.fails {
					if profile.CodeOf(err) != profile.ClinicTrouble || !strings.Contains(profile.MessageOf(err), "which cannot be") || sent > 5 {
						t.Fatalf("%s: %v after %d requests", kind, err, sent)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				c0.sums(pass)
				if limit := 2; beyond > limit && kind == askedPass || beyond > 1 && kind != askedPass {
					t.Errorf("%s: %d requests past the last page", kind, beyond)
				}
				if sent > 30+4*pages {
					t.Errorf("%s: %d requests for %d pages", kind, sent, pages)
				}
				c0.equal(nil)
			}
			// The next right answers heal whatever is left.
			c0.fake.SetFaults(nil)
			if pass := c0.sync(); pass.Kind != profile.FullPass && pass.Requests > 5 {
				t.Errorf("afterwards: %+v", pass)
			}
			c0.equal(nil)
			if pass := c0.changes(); pass.Requests != 2 {
				t.Errorf("and then: %+v", pass)
			}
		})
	}
}

func is(count int64) fakeclinic.Fault {
	return fakeclinic.Fault{Kind: fakeclinic.WrongCount, Count: count}
}

func off(by int64) fakeclinic.Fault { return fakeclinic.Fault{Kind: fakeclinic.CountOff, Count: by} }

// pageNumber is which page of the whole list a request asks for, or 0.
func pageNumber(t testing.TB, r fakeclinic.Request) int {
	query, err := url.ParseQuery(r.RawQuery)
	must(t, err)
	if len(query["q[]"]) != 1 || query.Get("page") == "" {
		return 0
	}
	n, err := strconv.Atoi(query.Get("page"))
	must(t, err)
	return n
}
