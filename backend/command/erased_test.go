package command_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// slowClinic answers requests for patients only once release is called.
type slowClinic struct {
	*httptest.Server
	asked   chan struct{}
	release func()
}

func newSlowClinic(t *testing.T, fake *fakeclinic.Clinic) *slowClinic {
	t.Helper()
	open := make(chan struct{})
	c := &slowClinic{asked: make(chan struct{}, 1000), release: sync.OnceFunc(func() { close(open) })}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/patients") && r.URL.Query().Get("per_page") != "1" {
			c.asked <- struct{}{}
			<-open
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		c.release()
		c.Close()
	})
	return c
}

// While a sync runs, purge erases nothing; and a sync whose data was erased all
// the same does not say that it worked.
func TestNothingIsErasedDuringASync(t *testing.T) {
	for name, erase := range map[string]func(t *testing.T, data string){
		"purge": nil,
		"the store": func(t *testing.T, data string) {
			t.Helper()
			for _, file := range []string{"telehab.db", "telehab.db-wal", "telehab.db-shm"} {
				if err := os.Remove(filepath.Join(data, file)); err != nil {
					t.Fatal(err)
				}
			}
		},
		"the folder": func(t *testing.T, data string) {
			t.Helper()
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
		},
		"another store": func(t *testing.T, data string) {
			t.Helper()
			if err := os.Rename(filepath.Join(data, "telehab.db"), filepath.Join(data, "before.db")); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, "telehab.db"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := fakeclinic.New(fakeclinic.Options{Seed: 3, Patients: 120, Shares: new(fakeclinic.CleanShares())})
			clinic := newSlowClinic(t, fake)
			data := filepath.Join(t.TempDir(), "data")
			t.Setenv("TELEHAB_CLINIKO_URL", clinic.URL+"/v1")
			t.Setenv("TELEHAB_DATA_DIR", data)
			t.Setenv("TELEHAB_PASSWORD", password)
			if code, _, errs := runHere(t, "", "people", "add", "--email", "dana@example.com", "--name", "Dana"); code != 0 {
				t.Fatal(errs)
			}
			if code, _, errs := runHere(t, fake.Key(), "connect", "--as", "dana@example.com"); code != 0 {
				t.Fatal(errs)
			}
			type end struct {
				code      int
				out, errs string
			}
			ended := make(chan end, 1)
			go func() {
				code, out, errs := runHere(t, "", "sync", "--json")
				ended <- end{code, out, errs}
			}()
			<-clinic.asked
			if erase == nil {
				code, _, errs := runHere(t, "yes\n", "purge")
				if code != 1 || errs != "telehab: TeleHab is syncing right now, so nothing was erased. Wait until it is done, or end it, then try again. (sync_running)\n" {
					t.Errorf("purge: %d, %s", code, errs)
				}
				clinic.release()
				if got := <-ended; got.code != 0 || !strings.Contains(got.out, `"read":120`) {
					t.Errorf("the sync: %+v", got)
				}
				if code, out, errs := runHere(t, "", "status", "--json"); code != 0 || !strings.Contains(out, `"profiles":`) || !strings.Contains(out, `"connected":true`) {
					t.Errorf("status: %d, %s%s", code, out, errs)
				}
				if code, _, errs := runHere(t, "yes\n", "purge"); code != 0 {
					t.Errorf("purge after the sync: %d, %s", code, errs)
				}
				return
			}
			erase(t, data)
			clinic.release()
			if got := <-ended; got.code != 1 || got.out != "" || !strings.Contains(got.errs, "TeleHab's data was erased from this computer meanwhile, so nothing of this was kept.") ||
				!strings.HasSuffix(got.errs, "(store_missing)\n") {
				t.Errorf("the sync: %+v", got)
			}
		})
	}
}
