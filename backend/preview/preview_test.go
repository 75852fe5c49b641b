package preview_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// Each case is what happens to 40 complete clients, 1001 to 1040, once they are
// synced, and what the preview of the next sync says.
func TestPreview(t *testing.T) {
	remove := func(ids ...string) func(*world) {
		return func(w *world) {
			for _, id := range ids {
				w.must(w.fake.Delete(id))
			}
		}
	}
	for name, test := range map[string]struct {
		before func(*world) // what happens before a sync before the preview
		happen func(*world)
		full   bool
		want   string
	}{
		"nothing":       {want: ""},
		"nothing, full": {full: true, want: ""},
		"two are new": {
			happen: func(w *world) {
				w.create(2001, nil)
				w.create(2002, func(p *fakeclinic.Patient) { p.Email, p.Sex = nil, nil })
			},
			want: "created 2001 2002; needs attention 2002 incomplete sex,email",
		},
		"a new one is archived already": {
			happen: func(w *world) { w.create(2001, func(p *fakeclinic.Patient) { p.ArchivedAt = new(w.now()) }) },
		},
		"a new one cannot be read": {
			happen: createUnreadable,
			want:   "needs attention 2001 unreadable ",
		},
		"one could not be read, and can be": {
			before: createUnreadable,
			happen: func(w *world) { w.edit(2001, func(p *fakeclinic.Patient) { p.Raw = nil }) },
			want:   "created 2001; cleared 2001",
		},
		"one could not be read, and is archived": {
			before: createUnreadable,
			happen: func(w *world) {
				w.edit(2001, func(p *fakeclinic.Patient) { p.Raw, p.ArchivedAt = nil, new(w.now()) })
			},
			want: "archived 2001; cleared 2001",
		},
		"one could not be read, and is gone": {
			before: createUnreadable,
			happen: remove("2001"),
			want:   "cleared 2001",
		},
		"an email": {
			happen: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Email = new("new@example.com") }) },
			want:   "changed 1007 email",
		},
		"a title, a name and a number": {
			happen: func(w *world) {
				w.edit(1007, func(p *fakeclinic.Patient) {
					p.Title, p.LastName, p.Phones = new("Dr"), new("Other"), []fakeclinic.Phone{{Type: "Mobile", Number: "0491 570 156"}}
				})
			},
			want: "changed 1007 title,last_name,phones",
		},
		"an edit that changes nothing that is kept": {
			happen: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Notes = new("A note") }) },
		},
		"an email goes": {
			happen: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Email = nil }) },
			want:   "changed 1007 email; needs attention 1007 incomplete email",
		},
		"an email comes": {
			before: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Email = nil }) },
			happen: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Email = new("a@example.com") }) },
			want:   "changed 1007 email; cleared 1007",
		},
		"an email goes, too": {
			before: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Sex = nil }) },
			happen: func(w *world) { w.edit(1007, func(p *fakeclinic.Patient) { p.Email = nil }) },
			want:   "changed 1007 email; needs attention otherwise 1007 incomplete sex,email",
		},
		"one leaves, one is merged": {
			happen: func(w *world) {
				w.must(w.fake.Archive("1003"))
				w.must(w.fake.Merge("1004", "1005"))
			},
			want: "archived 1003; merged 1004",
		},
		"one comes back with another name": {
			before: func(w *world) { w.must(w.fake.Archive("1003")) },
			happen: func(w *world) {
				w.must(w.fake.Unarchive("1003"))
				w.edit(1003, func(p *fakeclinic.Patient) { p.FirstName = new("Alex") })
			},
			want: "changed 1003 first_name; restored 1003",
		},
		"one comes back, which only the count shows": {
			before: func(w *world) { w.must(w.fake.Archive("1003")) },
			happen: func(w *world) { w.must(w.fake.Unarchive("1003")) },
			want:   "restored 1003",
		},
		"two of 40 are deleted": {happen: remove("1001", "1040"), want: "deleted 1001 1040"},
		"three of 40 are deleted, one is edited": {
			happen: func(w *world) {
				remove("1001", "1039", "1040")(w)
				w.edit(1007, func(p *fakeclinic.Patient) { p.Email = new("new@example.com") })
			},
			want: "changed 1007 email; asks about 1001 1039 1040; stops",
		},
		"one left 91 days ago": {
			before: func(w *world) { w.must(w.fake.Archive("1003")) },
			happen: func(w *world) { w.later(91 * 24 * time.Hour) },
			want:   "erased 1003",
		},
		"a row was changed from outside": {
			happen: func(w *world) { w.spoil("1009") },
			full:   true, want: "changed 1009 ",
		},
		"a row was changed from outside, and only what is new is read": {happen: func(w *world) { w.spoil("1009") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 40)
			if test.before != nil {
				test.before(w)
				w.later(time.Minute)
				w.sync()
				w.later(time.Hour)
			}
			if test.happen != nil {
				test.happen(w)
				w.later(time.Minute)
			}
			if got := short(w.preview(test.full)); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// createUnreadable adds the patient 2001, who cannot be decoded.
func createUnreadable(w *world) {
	w.create(2001, func(p *fakeclinic.Patient) { p.Raw = []byte(`{"id":"2001","email":7}`) })
}

// spoil changes a stored row so that it does not open, though all that the row's
// own hash is of is as it was.
func (w *world) spoil(id string) {
	w.t.Helper()
	var sealed []byte
	w.must(w.raw.QueryRowContext(w.t.Context(), "SELECT sealed FROM profile WHERE cliniko_id = ?", id).Scan(&sealed))
	sealed[len(sealed)/2] ^= 1
	_, err := w.raw.ExecContext(w.t.Context(), "UPDATE profile SET sealed = ? WHERE cliniko_id = ?", sealed, id)
	w.must(err)
}

// The numbers are those of the sync, and all who need attention are listed.
func TestPreviewCounts(t *testing.T) {
	w := newWorld(t, 40)
	w.edit(1001, func(p *fakeclinic.Patient) { p.Email = nil })
	w.later(time.Minute)
	w.sync()
	w.later(time.Hour)
	w.create(2001, nil)
	w.create(2002, func(p *fakeclinic.Patient) { p.DateOfBirth = new("2026-02-30") })
	w.must(w.fake.Archive("1003"))
	w.later(time.Minute)
	r := w.preview(false)
	// 1001 was changed in the last minutes before the sync, which are read again.
	if want := (profile.Counts{Read: 4, Synced: 1, Failed: 2, Archived: 1}); r.Counts != want {
		t.Errorf("%+v, want %+v", r.Counts, want)
	}
	if len(r.Failing) != 2 || r.Failing[0].Ref != "1001" || r.Failing[1].Ref != "2002" {
		t.Errorf("in need of attention: %v", r.Failing)
	}
	if r.Requests != 3 {
		t.Errorf("%d requests", r.Requests)
	}
}

// An import that was cut off is resumed in the preview, and waits on for the
// sync.
func TestPreviewOfACutOffImport(t *testing.T) {
	w := unsynced(t, 430)
	var n atomic.Int64
	w.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
		if n.Add(1) > 3 {
			return fakeclinic.Fault{Kind: fakeclinic.Unauthorized}
		}
		return fakeclinic.Fault{}
	})
	if _, err := w.try(t.Context(), false); profile.CodeOf(err) != profile.KeyRefused {
		t.Fatalf("the key was refused: %v", err)
	}
	n.Store(0)
	w.syncFails()
	w.fake.SetFaults(nil)
	var kept []string
	w.rows("SELECT cliniko_id FROM profile", func(row string) { kept = append(kept, strings.TrimSpace(row)) })
	if len(kept) == 0 || len(kept) == 430 {
		t.Fatalf("%d are stored of an import that was cut off", len(kept))
	}
	var want []string
	for id := 1001; id <= 1430; id++ {
		if ref := fmt.Sprint(id); !slices.Contains(kept, ref) {
			want = append(want, ref)
		}
	}
	r := w.preview(false)
	if !slices.Equal(r.Created, want) || short(r) != "created "+strings.Join(want, " ") {
		t.Errorf("%d of the %d that are not stored: %.200s", len(r.Created), len(want), short(r))
	}
	if r.Counts.Read != 430 {
		t.Errorf("%+v", r.Counts)
	}
	w.sync()
	if again := short(w.preview(true)); again != "" {
		t.Errorf("after the sync: %q", again)
	}
}

func TestPreviewThatIsCancelled(t *testing.T) {
	w := unsynced(t, 430)
	ctx, cancel := context.WithCancel(t.Context())
	w.fake.BeforeResponse(func(r fakeclinic.Request) {
		if strings.Contains(r.RawQuery, "page=3") {
			cancel()
		}
	})
	if _, err := w.try(ctx, true); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
