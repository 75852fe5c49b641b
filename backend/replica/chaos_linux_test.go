package replica_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

const (
	// workingVariable has a process do whatever a computer does, under this name.
	workingVariable = "TELEHAB_REPLICA_WORKS"
	// chaosVariable is how many times something happens to the computers.
	chaosVariable = "TELEHAB_CHAOS"
)

// Several computers work on one database. They are killed, stopped and cut off, the
// database is started again, clocks jump. In the end every copy is what the database
// has, each event is in the trail once and in the order of its computer, and no two
// computers have written for a pass in one election.
func TestChaos(t *testing.T) {
	times, err := strconv.Atoi(os.Getenv(chaosVariable))
	if err != nil {
		times = 15
	}
	address := server.Database(t)
	_, err = raw(t, address).Exec(t.Context(), `CREATE TABLE writers (epoch bigint, computer text, PRIMARY KEY (epoch, computer));
		CREATE FUNCTION writers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO writers SELECT epoch, current_setting('application_name') FROM clinic ON CONFLICT DO NOTHING;
			RETURN NULL;
		END $$;
		CREATE TRIGGER writers AFTER INSERT ON seen FOR EACH STATEMENT EXECUTE FUNCTION writers()`)
	must(t, err)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var computers []*process
	for i := range 3 {
		p := &process{T: t, proxy: server.NewProxy(t), name: fmt.Sprint("computer", i), path: newPath(t)}
		p.address = p.proxy.Address(address) + " application_name=" + p.name + " idle_session_timeout=1000 idle_in_transaction_session_timeout=1000"
		p.start()
		computers = append(computers, p)
	}
	for range times {
		p := computers[random.IntN(len(computers))]
		switch random.IntN(8) {
		case 0, 1:
			p.end(syscall.SIGKILL)
			p.start()
		case 2, 3:
			must(t, p.command.Process.Signal(syscall.SIGSTOP))
		case 4:
			p.proxy.Cut(postgrestest.All)
		case 5:
			server.Halt()
			must(t, server.Resume())
		default:
			must(t, p.command.Process.Signal(syscall.SIGCONT))
			p.proxy.Mend()
		}
		time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond) // what happens next may happen at any time
	}
	for _, p := range computers {
		p.wake()
	}
	watching := raw(t, address)
	synced := func() (epochs, twice int) {
		must(t, watching.QueryRow(t.Context(), "SELECT count(DISTINCT epoch), count(*) - count(DISTINCT epoch) FROM writers").Scan(&epochs, &twice))
		return epochs, twice
	}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if epochs, _ := synced(); epochs > 0 {
			break
		}
	}
	for _, p := range computers {
		p.finish()
	}
	for _, p := range computers {
		c := start(t, options(p.path, address))
		c.same(address)
		p.eachOnce(c)
	}
	epochs, twice := synced()
	if epochs == 0 || twice > 0 {
		t.Errorf("%d elections, two computers wrote in %d", epochs, twice)
	}
	t.Logf("%d elections in which somebody synced", epochs)
}

// process is a computer that works.
type process struct {
	*testing.T
	proxy               *postgrestest.Proxy
	name, path, address string
	command             *exec.Cmd
	input               io.Closer
	said                *bytes.Buffer
}

func (p *process) start() {
	p.Helper()
	p.command, p.said = exec.Command(os.Args[0]), &bytes.Buffer{}
	p.command.Env = append(os.Environ(), workingVariable+"="+p.name, childPath+"="+p.path, childVariable+"="+p.address)
	p.command.Stderr = p.said
	input, err := p.command.StdinPipe()
	must(p.T, err)
	p.input = input
	must(p.T, p.command.Start())
	running := p.command
	p.Cleanup(func() { _ = running.Process.Kill() })
}

func (p *process) end(how syscall.Signal) {
	p.Helper()
	must(p.T, p.command.Process.Signal(how))
	_ = p.command.Wait()
	if p.said.Len() > 0 {
		p.Fatalf("%s: %s", p.name, p.said)
	}
}

// wake lets it go on, and reach the database.
func (p *process) wake() {
	p.Helper()
	p.proxy.Mend()
	must(p.T, p.command.Process.Signal(syscall.SIGCONT))
}

// finish lets it end by itself, once it has delivered everything.
func (p *process) finish() {
	p.Helper()
	must(p.T, p.input.Close())
	if err := p.command.Wait(); err != nil || p.said.Len() > 0 {
		p.Fatalf("%s: %v, %s", p.name, err, p.said)
	}
}

// eachOnce checks that its events are in the trail once each, in order.
func (p *process) eachOnce(c *computer) {
	p.Helper()
	events, err := c.Events(p.Context(), 0, 1_000_000)
	must(p.T, err)
	slices.Reverse(events)
	last, found := -1, map[string]bool{}
	for _, e := range events {
		if e.Person != p.name {
			continue
		}
		n, err := strconv.Atoi(e.Subject)
		must(p.T, err)
		if n <= last {
			p.Fatalf("%s: event %d after %d", p.name, n, last)
		}
		last, found[e.Subject] = n, true
	}
	kept, err := os.ReadFile(p.path + keptSuffix)
	must(p.T, err)
	for _, subject := range strings.Fields(string(kept)) {
		if !found[subject] {
			p.Errorf("%s: event %s was kept, and is gone", p.name, subject)
		}
	}
	p.Logf("%s: %d events", p.name, len(found))
}

// What a computer knows of its own events, beside its copy: a byte for each that it
// has begun to keep, and the numbers of those that were kept.
const (
	begunSuffix = ".begun"
	keptSuffix  = ".kept"
)

// addTo appends to a file, and returns how long it was before.
func addTo(path, text string) (before int64, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err == nil {
		before = info.Size()
		_, err = file.WriteString(text)
	}
	return before, errors.Join(err, file.Close())
}

// work does whatever a computer does until its input ends.
func work() {
	ctx, cancel := context.WithCancel(context.Background())
	w := &working{name: os.Getenv(workingVariable), random: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))}
	o := options(os.Getenv(childPath), os.Getenv(childVariable))
	o.Now = func() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }
	o.Poll = 50 * time.Millisecond
	for w.store == nil {
		var err error
		if w.store, err = replica.Open(ctx, o); err != nil {
			w.check(err) // no copy yet, and no database
			w.store = nil
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	candidate := w.store.NewCandidate(nil)
	candidate.Hurry(50*time.Millisecond, 200*time.Millisecond)
	go w.store.Follow(ctx)
	stood := make(chan struct{})
	go func() { candidate.Stand(ctx); close(stood) }()
	w.clients = candidate.Profiles(storetest.Clinic.AccountID, o.Now)
	w.path = o.Path
	for ctx.Err() == nil {
		w.step(candidate)
	}
	w.event() // one at least
	<-stood
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		err := w.store.CatchUp(context.Background())
		if err == nil {
			break
		}
		if w.check(err); time.Now().After(limit) {
			break
		}
	}
	w.check(w.store.Close())
}

// working is a computer at work.
type working struct {
	store   *replica.Store
	clients *replica.Profiles
	name    string
	random  *rand.Rand
	skew    atomic.Int64
	path    string
}

// check ends the process, and so the test, at an error that nothing that happens to
// a computer explains.
func (w *working) check(err error) {
	switch profile.CodeOf(err) {
	case "", profile.DatabaseUnreachable, profile.SyncRunning, profile.StoreBusy, profile.Cancelled:
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func (w *working) step(candidate *replica.Candidate) {
	ctx := context.Background()
	switch w.random.IntN(6) {
	case 0:
		w.skew.Store((w.random.Int64N(20) - 10) * int64(365*24*time.Hour))
	case 1:
		_, err := w.clients.Save(ctx, profile.Batch{Entries: []profile.Entry{client(strconv.Itoa(w.random.IntN(50)))}})
		w.check(err)
	case 2:
		_, err := w.clients.Learn(ctx, profile.Reading{Clinic: time.Now(), Here: time.Now().Add(time.Duration(w.skew.Load()))})
		w.check(err)
	case 3:
		if candidate.MaySync(ctx) == nil {
			w.pass(ctx)
		}
	default:
		if w.store.Status().Problem != nil && w.random.IntN(50) > 0 {
			return // it takes no time, and there would be tens of thousands
		}
		w.event()
	}
}

// event keeps an event that has a number of its own.
func (w *working) event() {
	n, err := addTo(w.path+begunSuffix, ".")
	w.check(err)
	subject := strconv.FormatInt(n, 10)
	_, err = w.store.AddEvent(context.Background(), staff.Event{Here: time.Now(), Person: w.name, Action: staff.OpenedProfile, Subject: subject})
	w.check(err)
	if err == nil {
		_, err = addTo(w.path+keptSuffix, subject+"\n")
		w.check(err)
	}
}

// pass stores some clients for a pass, or goes on with one, and may leave it
// unfinished.
func (w *working) pass(ctx context.Context) {
	pass, _, err := w.clients.BeginPass(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: time.Now()})
	for n := 0; err == nil && n < 5; n++ {
		e := client(strconv.Itoa(w.random.IntN(50)))
		e.Profile.FirstName, e.Profile.UpdatedAt = w.name, time.Now()
		_, err = w.clients.Save(ctx, profile.Batch{PassID: pass.ID, Entries: []profile.Entry{e}})
	}
	if err == nil {
		_, err = w.clients.Unseen(ctx, pass.ID)
	}
	w.check(err)
	pass.EndedAt, pass.Err = time.Now(), []profile.Code{"", profile.Offline}[w.random.IntN(2)]
	w.check(w.clients.EndPass(ctx, pass, profile.Cursors{}))
}
