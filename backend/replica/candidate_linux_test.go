package replica_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/storetest"
)

// candidate is a computer that stands for election.
type candidate struct {
	*computer
	*replica.Candidate
	passes *replica.Profiles // of the election
	won    chan struct{}
	stop   func()
}

func (c *computer) stand() *candidate {
	won := make(chan struct{}, 100)
	stands := c.NewCandidate(func() { won <- struct{}{} })
	s := &candidate{computer: c, Candidate: stands, passes: stands.Profiles(storetest.Clinic.AccountID, now), won: won}
	s.Hurry(20*time.Millisecond, 100*time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Stand(ctx); close(ended) }()
	s.stop = func() { cancel(); <-ended }
	c.Cleanup(s.stop)
	return s
}

func (c *candidate) isElected() bool { return c.MaySync(c.Context()) == nil }

// begin begins a full pass, or goes on with one.
func (c *candidate) begin() profile.Pass {
	c.Helper()
	pass, _, err := c.passes.BeginPass(c.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt})
	must(c.T, err)
	return pass
}

func (c *candidate) saveFor(pass profile.Pass, id string) error {
	_, err := c.passes.Save(c.Context(), profile.Batch{PassID: pass.ID, Entries: []profile.Entry{client(id)}})
	return err
}

// One computer is elected. It resigns, and another one goes on with the pass. Whom
// a person opens is stored by any of them.
func TestOneComputerSyncs(t *testing.T) {
	address := server.Database(t)
	first := newComputer(t, address).stand()
	eventually(t, "that it is elected", first.isElected)
	second := newComputer(t, address).stand()
	eventually(t, "that the other one is told", func() bool {
		return profile.MessageOf(second.MaySync(t.Context())) == "Another computer syncs this clinic for all of them. What it brings is here within seconds."
	})
	pass := first.begin()
	must(t, first.saveFor(pass, "1"))
	if _, _, err := second.passes.BeginPass(t.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt}); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("a second pass: %v", err)
	}
	must(t, second.saveFor(profile.Pass{}, "2"))
	first.stop()
	<-second.won
	if again := second.begin(); again.ID != pass.ID {
		t.Errorf("pass %d after %d", again.ID, pass.ID)
	}
	if counts, err := second.passes.Counts(t.Context(), pass.ID); err != nil || counts.Read != 1 {
		t.Errorf("%+v, %v", counts, err)
	}
	if err := first.saveFor(pass, "3"); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("a late write: %v", err)
	}
	must(t, second.saveFor(pass, "4"))
	if first.has("3") || second.has("3") || !second.has("4") {
		t.Error("the clients are not those that were stored")
	}
}

// The one that syncs is cut off. Another one takes over, and what the first one
// still writes when the network is back is refused, until it is elected again and
// begins another pass.
func TestACutOffComputerIsReplaced(t *testing.T) {
	address := server.Database(t)
	proxy := server.NewProxy(t)
	cut := start(t, options(newPath(t), proxy.Address(address))).stand()
	eventually(t, "that it is elected", cut.isElected)
	pass := cut.begin()
	must(t, cut.saveFor(pass, "1"))
	other := newComputer(t, address).stand()
	proxy.Cut(postgrestest.All)
	<-other.won
	eventually(t, "that it knows", func() bool { return profile.CodeOf(cut.MaySync(t.Context())) == profile.DatabaseUnreachable })
	if err := cut.saveFor(pass, "2"); profile.CodeOf(err) != profile.DatabaseUnreachable {
		t.Errorf("while it is cut off: %v", err)
	}
	if !cut.has("1") {
		t.Error("it has lost a client")
	}
	other.begin()
	must(t, other.saveFor(pass, "3"))
	proxy.Mend()
	eventually(t, "that the network is back", func() bool { return profile.CodeOf(cut.saveFor(pass, "2")) == profile.SyncRunning })
	if other.has("2") {
		t.Error("it was stored")
	}
	other.stop()
	eventually(t, "that it is elected again", cut.isElected)
	if err := cut.saveFor(pass, "2"); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("the pass that was cut off: %v", err)
	}
	must(t, cut.saveFor(cut.begin(), "2"))
	cut.same(address)
}

// Within a minute: the database waits for the computer that does not answer, and
// the others ask.
func TestAnotherComputerTakesOverWithinAMinute(t *testing.T) {
	if within := postgres.LeaderIdle + replica.TryEvery + 10*time.Second; within > time.Minute || postgres.ConfirmEvery*2 > postgres.LeaderIdle {
		t.Error(within)
	}
}

// leadingVariable has a process sync until it may not.
const leadingVariable = "TELEHAB_REPLICA_LEADS"

// lead says when it is elected, stores one client after the other for a pass, and
// says why it ends.
func lead() {
	ctx := context.Background()
	s, err := replica.Open(ctx, options(os.Getenv(childPath), os.Getenv(leadingVariable)))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	c := s.NewCandidate(nil)
	c.Hurry(20*time.Millisecond, 100*time.Millisecond)
	go c.Stand(ctx)
	for c.MaySync(ctx) != nil {
		time.Sleep(5 * time.Millisecond)
	}
	passes := c.Profiles(storetest.Clinic.AccountID, now)
	pass, _, err := passes.BeginPass(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: changedAt})
	for n := 0; err == nil; n++ {
		_, err = passes.Save(ctx, profile.Batch{PassID: pass.ID, Entries: []profile.Entry{client(fmt.Sprint(n))}})
		if n == 10 {
			fmt.Println("elected")
		}
	}
	fmt.Println(profile.CodeOf(err))
}

// A real process that syncs is stopped, as when a computer sleeps, or killed. This
// one takes over and goes on with the pass, and what the other one writes once it
// goes on is refused.
func TestAProcessThatStopsIsReplaced(t *testing.T) {
	for name, how := range map[string]syscall.Signal{"stopped": syscall.SIGSTOP, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			address := server.Database(t)
			other := exec.Command(os.Args[0])
			other.Env = append(os.Environ(), childPath+"="+newPath(t),
				leadingVariable+"="+address+" idle_session_timeout=1000 idle_in_transaction_session_timeout=1000")
			out, err := other.StdoutPipe()
			must(t, err)
			must(t, other.Start())
			defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
			says := bufio.NewScanner(out)
			if !says.Scan() || says.Text() != "elected" {
				t.Fatalf("it says %q", says.Text())
			}
			here := newComputer(t, address).stand()
			eventually(t, "that this one is told", func() bool { return profile.CodeOf(here.MaySync(t.Context())) == profile.SyncRunning })
			must(t, other.Process.Signal(how))
			eventually(t, "that this one is elected", here.isElected)
			pass := here.begin()
			counts, err := here.passes.Counts(t.Context(), pass.ID)
			if err != nil || counts.Read < 11 {
				t.Errorf("it has not gone on with the pass: %+v, %v", counts, err)
			}
			if how == syscall.SIGSTOP {
				must(t, other.Process.Signal(syscall.SIGCONT))
				if !says.Scan() || !strings.Contains("sync_running database_unreachable", says.Text()) {
					t.Errorf("it says %q", says.Text())
				}
			}
			if after, err := here.passes.Counts(t.Context(), pass.ID); err != nil || after != counts {
				t.Errorf("%+v, and then %+v, %v", counts, after, err)
			}
			must(t, here.saveFor(pass, "1000"))
			here.same(address)
		})
	}
}
