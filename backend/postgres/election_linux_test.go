package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storetest"
)

func now() time.Time { return changedAt }

// elect waits until a computer is elected, as it tries again and again.
func elect(t *testing.T, db *postgres.DB) (leader *postgres.Leader) {
	t.Helper()
	eventually(t, "the election", func() bool {
		var err error
		if leader, err = db.Elect(t.Context()); err != nil && profile.CodeOf(err) != profile.SyncRunning {
			t.Fatal(err)
		}
		return leader != nil
	})
	t.Cleanup(func() { _ = leader.Resign(context.Background()) })
	return leader
}

// lateWrites are all that a computer may still be about to write when another one
// takes over.
func lateWrites(t *testing.T, s *postgres.Profiles) map[string]func() error {
	t.Helper()
	ctx := t.Context()
	pass, _, err := s.BeginPass(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: changedAt})
	must(t, err)
	ready, err := s.Prepare(profile.Batch{PassID: pass.ID, Entries: []profile.Entry{entry(alex("2"))}, Page: 2, Total: 9})
	must(t, err)
	save(t, s, pass.ID, entry(alex("1")))
	return map[string]func() error{
		"a batch": func() error { _, err := s.SavePrepared(ctx, pass.ID, ready); return err },
		"another batch": func() error {
			_, err := s.Save(ctx, profile.Batch{PassID: pass.ID, Entries: []profile.Entry{entry(alex("3"))}})
			return err
		},
		"a pass that begins": func() error {
			_, _, err := s.BeginPass(ctx, profile.Pass{Kind: profile.ChangesPass, StartedAt: changedAt})
			return err
		},
		"a pass that ends": func() error { return s.EndPass(ctx, pass, profile.Cursors{Changed: changedAt}) },
		"who was met":      func() error { return s.ForgetOthers(ctx, pass.ID, nil) },
		"cursors":          func() error { return s.SetCursors(ctx, profile.Cursors{Changed: changedAt}) },
		"who is missing":   func() error { return s.SetMissing(ctx, []profile.Departure{{Ref: "1"}}) },
		"who is deleted": func() error {
			_, _, err := s.MarkDeleted(ctx, pass.ID, []profile.Departure{{Ref: "1", NotFoundAt: changedAt}})
			return err
		},
		"who is distrusted":   func() error { return s.Distrust(ctx, []string{"1"}) },
		"who is erased":       func() error { _, err := s.Purge(ctx); return err },
		"a reading of clocks": func() error { _, err := s.Learn(ctx, profile.Reading{Clinic: changedAt, Here: changedAt}); return err },
		"a judgement": func() error {
			_, _, err := s.CheckAgain(ctx, pass.ID, func(p *profile.Profile, _ *profile.Failure) (profile.Profile, *profile.Failure) {
				out := *p
				out.LastName = "Judged"
				return out, nil
			})
			return err
		},
	}
}

// The session of the computer that syncs ends, as with a kill or a cut: another
// one takes over, and nothing that the first one still writes is taken.
func TestLateWritesAreRefused(t *testing.T) {
	address := server.Database(t)
	first, second := openStore(t, postgres.Options{Address: address, Computer: "a"}), openStore(t, postgres.Options{Address: address, Computer: "b"})
	old := elect(t, first)
	if _, err := second.Elect(t.Context()); profile.CodeOf(err) != profile.SyncRunning {
		t.Fatalf("two are elected: %v", err)
	}
	must(t, old.Confirm(t.Context()))
	late := lateWrites(t, old.Profiles(storetest.Clinic.AccountID, now))

	c := raw(t, address)
	_, err := c.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
	must(t, err)
	next := elect(t, second)
	if next.Epoch() <= old.Epoch() {
		t.Errorf("epoch %d after %d", next.Epoch(), old.Epoch())
	}
	var before, after string
	state := "SELECT concat((SELECT n FROM clinic), (SELECT json_agg(c ORDER BY c.ref) FROM client c), (SELECT json_agg(p) FROM pass p), (SELECT json_agg(k) FROM clock k), (SELECT count(*) FROM seen))"
	must(t, c.QueryRow(t.Context(), state).Scan(&before))
	for name, write := range late {
		if err := write(); profile.CodeOf(err) != profile.SyncRunning {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, c.QueryRow(t.Context(), state).Scan(&after))
	if before != after {
		t.Errorf("something was written:\n%s\n%s", before, after)
	}
	if err := old.Confirm(t.Context()); err == nil {
		t.Error("the first one is confirmed")
	}
	// The new one goes on with the pass, and any computer stores whom a person opens.
	s := next.Profiles(storetest.Clinic.AccountID, now)
	pass, _, err := s.BeginPass(t.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt.Add(time.Minute)})
	must(t, err)
	save(t, s, pass.ID, entry(alex("2")))
	counts, err := s.Counts(t.Context(), pass.ID)
	if err != nil || counts != (profile.Counts{Read: 2, Synced: 2}) {
		t.Errorf("%+v, %v", counts, err)
	}
	save(t, first.Profiles(storetest.Clinic.AccountID, now), 0, entry(alex("4")))
}

// A computer that says nothing for a while, because it sleeps or was stopped, is
// not elected any more, although its connection is open.
func TestASilentLeaderIsReplaced(t *testing.T) {
	address := server.Database(t)
	silent := openStore(t, postgres.Options{Address: address + " idle_session_timeout=300"})
	leader := elect(t, silent)
	next := elect(t, openStore(t, postgres.Options{Address: address}))
	if err := leader.Confirm(t.Context()); err == nil || next.Epoch() <= leader.Epoch() {
		t.Errorf("%v, epoch %d after %d", err, next.Epoch(), leader.Epoch())
	}
}

// A computer that stops in the middle of a transaction does not hold up the
// others: the server ends the transaction, and it is not committed.
func TestAStoppedTransactionIsEnded(t *testing.T) {
	address := server.Database(t)
	stopped := openStore(t, postgres.Options{Address: address + " idle_in_transaction_session_timeout=300"}).Profiles(storetest.Clinic.AccountID, now)
	written, release, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() { ended <- stopped.SaveHeld(t.Context(), entry(alex("1")), func() { close(written); <-release }) }()
	<-written
	db := openStore(t, postgres.Options{Address: address})
	s := db.Profiles(storetest.Clinic.AccountID, now)
	save(t, s, 0, entry(alex("2"))) // waits for the server
	close(release)
	if err := <-ended; profile.CodeOf(err) != profile.DatabaseUnreachable {
		t.Error(err)
	}
	if _, err := s.One(t.Context(), "1"); profile.CodeOf(err) != profile.NotFound {
		t.Error(err)
	}
}

// How the server says so depends on when it is asked.
func TestEndsOfASession(t *testing.T) {
	for _, code := range []string{"25P03", "25P04", "57P01", "57P02", "57P03", "57P05", "57014", "08006", "08P01"} {
		if err := postgres.Coded(&pgconn.PgError{Severity: "FATAL", Code: code}); profile.CodeOf(err) != profile.DatabaseUnreachable {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A writing transaction that is under way when another computer is elected ends
// first: there are never two writers.
func TestAnElectionWaitsForWhoeverWrites(t *testing.T) {
	address := server.Database(t)
	first, second := openStore(t, postgres.Options{Address: address}), openStore(t, postgres.Options{Address: address})
	old := elect(t, first)
	written, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- old.Profiles(storetest.Clinic.AccountID, now).SaveHeld(t.Context(), entry(alex("1")), func() { close(written); <-release })
	}()
	<-written
	must(t, old.Resign(t.Context()))
	watch := raw(t, address)
	eventually(t, "that the lock is free", func() (free bool) {
		must(t, watch.QueryRow(t.Context(), "SELECT NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))").Scan(&free))
		return free
	})
	elected := make(chan error, 1)
	go func() {
		leader, err := second.Elect(t.Context())
		if err == nil {
			err = leader.Resign(t.Context())
		}
		elected <- err
	}()
	eventually(t, "that the election waits", func() bool { return waiting(t, watch) == 1 })
	select {
	case err := <-elected:
		t.Errorf("elected beside a writer: %v", err)
	default:
	}
	close(release)
	must(t, <-ended)
	must(t, <-elected)
	if _, err := second.Profiles(storetest.Clinic.AccountID, now).One(t.Context(), "1"); err != nil {
		t.Error(err)
	}
}
