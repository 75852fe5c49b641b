package syncer_test

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// The real engine keeps its promises (docs/SYNC.md) through random histories of
// a clinic, a network and a computer. TELEHAB_HISTORIES sets their number and
// TELEHAB_SEED which they are.
func TestHistories(t *testing.T) {
	rapidFlags(t, histories())
	rapid.Check(t, func(rt *rapid.T) { runHistory(rt, outside(newSQLiteDisk), realEngine) })
}

// The same on a simulated clock, so that Cliniko may hang or make every request
// wait, and the request limit is tested over many minutes.
func TestHistoriesInNoTime(t *testing.T) {
	rapidFlags(t, histories())
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, rt, newSQLiteDisk, func(rt *rapid.T, w world) { runHistory(rt, w, realEngine) })
	})
}

// history is one clinic, one computer, and what happens to them.
type history struct {
	t        *rapid.T
	ctx      context.Context
	world    world
	clinic   *happenings
	door     *door
	computer *computer
	program  *program
	before   map[string]profile.Entry // what was in the store after the last pass
	opened   map[string]bool          // patients that a person opened
	accepted map[string]bool          // patients whose deletion a person accepted
	asked    map[string]bool          // others about whom a person was asked, when the last pass began
	honest   bool                     // no Date is wrong
	spoiled  bool                     // some answer about a patient was wrong
	settings clockSettings

	otherTried bool
	closers    []func()
}

func runHistory(t *rapid.T, w world, engine build) {
	ctx, cancel := context.WithCancel(context.Background())
	h := &history{t: t, ctx: ctx, world: w, opened: map[string]bool{}, accepted: map[string]bool{}}
	defer h.close()
	defer cancel()
	h.begin(engine)
	t.Repeat(map[string]func(*rapid.T){
		"the clinic works":  h.clinicWorks,
		"a pass":            h.pass,
		"another pass":      h.pass, // passes are what a history is about
		"a rush":            h.rush,
		"somebody opens":    h.open,
		"another PC clock":  h.setClock,
		"another clinic":    h.otherClinic,
		"many are not seen": h.disappearance,
		"one is back":       h.broughtBack,
		"cut off":           h.cutOff,
		"a wrong Date":      h.wrongDate,
		"days go by":        h.daysGoBy,
		"wrong counts":      h.miscounted,
	})
	h.rush(t)
	h.end(t)
}

func (h *history) close() {
	for _, c := range slices.Backward(h.closers) {
		c()
	}
}

func (h *history) begin(engine build) {
	t := h.t
	started := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 1_999_999).Draw(t, "started")) * time.Microsecond)
	clock := newClock(started, h.world.patient)
	fake := fakeclinic.New(h.clinicOptions(t, clock))
	h.clinic, h.door = newHappenings(clock, fake), newDoor(fake)
	url := h.serve(h.door)
	if rapid.Bool().Draw(t, "crowded") {
		check(t, h.clinic.crowd(rapid.IntRange(0, 60).Draw(t, "from"), rapid.IntRange(2, 300).Draw(t, "many")))
	}
	dir, err := os.MkdirTemp(fastFolder(), "history")
	check(t, err)
	h.closers = append(h.closers, func() { _ = os.RemoveAll(dir) })
	key, err := cliniko.ParseKey(fake.Key())
	check(t, err)
	stored, err := h.world.disk(dir)
	check(t, err)
	h.closers = append(h.closers, stored.close)
	h.computer = &computer{folder: dir, disk: stored, url: url, key: key, clock: clock, build: engine}
	if h.world.patient {
		h.computer.began = time.Now()
		h.door.together = true
	}
	h.honest = rapid.Bool().Draw(t, "honest")
	h.computer.skew.Store(int64(skews.Draw(t, "skew"))) // as it always was
	h.program = h.start()
	h.closers = append(h.closers, func() { h.program.end() })
	check(t, h.computer.watch())
}

// fastFolder is a folder in memory where there is one: histories end programs
// but do not cut the power.
func fastFolder() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// serve puts a clinic on the network, and returns the address of its API.
func (h *history) serve(handler http.Handler) string {
	listener, err := h.world.listen()
	check(h.t, err)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	h.closers = append(h.closers, func() {
		_ = server.Close()
		serving.Wait()
		if p, ok := listener.(*pipe); ok {
			p.cut()
		}
		h.door.wait()
	})
	return "http://" + listener.Addr().String() + "/v1"
}

// clinicOptions draw a small clinic. Many have several pages.
func (h *history) clinicOptions(t *rapid.T, clock *clinicClock) fakeclinic.Options {
	o := fakeclinic.Options{
		Seed: rapid.Uint64Range(0, 1000).Draw(t, "seed"), Clock: clock.Now,
		ArchiveBumps: rapid.IntRange(0, 3).Draw(t, "bumps") == 0,
	}
	few, one, some, many := rapid.IntRange(0, 12), rapid.IntRange(13, 40), rapid.IntRange(95, 125), rapid.IntRange(190, 320)
	o.Patients = rapid.OneOf(few, few, one, one, one, some, some, many).Draw(t, "patients")
	if o.Patients == 0 {
		o.Patients = fakeclinic.NoPatients
	}
	if h.world.patient { // less than Cliniko's own where other programs use it up
		o.Limit = rapid.SampledFrom([]int{0, fakeclinic.ClinikoLimit, 60}).Draw(t, "limit")
	}
	if rapid.Bool().Draw(t, "tidy") {
		o.Shares = &fakeclinic.Shares{NoEmail: 0.03, Archived: 0.05, Merged: 0.02}
	}
	return o
}

// check ends a history that cannot continue.
func check(t *rapid.T, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

func (h *history) start() *program {
	p, err := h.computer.start(h.ctx, h.world.timeout)
	check(h.t, err)
	return p
}

// restart starts the program again, as a person may at any time.
func (h *history) restart() {
	h.program.end()
	h.program = h.start()
}

func (h *history) clinicWorks(t *rapid.T) {
	for _, m := range rapid.SliceOfN(moves, 1, 6).Draw(t, "moves") {
		check(t, h.clinic.happen(m))
	}
}

func (h *history) setClock(t *rapid.T) { h.skew(skews.Draw(t, "skew")) }

// pass runs a pass, with the events of a random plan.
func (h *history) pass(t *rapid.T) {
	h.runPlan(passKinds.Draw(t, "kind"), plansIn(h.world).Draw(t, "plan"))
}

// rush is when wrong engines lose patients: more than a page changed at once,
// and people continue to work while it is read.
func (h *history) rush(t *rapid.T) {
	rush := rushes.Draw(t, "rush")
	if h.clinic.fake.Len() <= profile.PageSize {
		rush.What = createdMany
	}
	check(t, h.clinic.happen(rush))
	check(t, h.clinic.happen(move{What: timePasses, Ticks: rapid.SampledFrom(ticks[1:4]).Draw(t, "by")}))
	h.runPlan(passKinds.Draw(t, "kind"), plan{
		Events:  rapid.SliceOfN(busyEvents, 2, 5).Draw(t, "events"),
		Latency: rapid.SampledFrom(latencies[2:]).Draw(t, "latency"),
	})
}

func (h *history) runPlan(kind passKind, p plan) {
	since := h.clinic.moment()
	if h.honest {
		p.Lie = 0
	}
	h.spoiled = h.spoiled || p.spoilsRows()
	pass, err := h.run(kind, p)
	if err == nil && pass.Kind == profile.FullPass && p.Kill == 0 {
		h.clinic.seenInFull(since)
	}
	h.after(pass, err, p)
	if kind == askedPass && err == nil && !p.disturbed() && !p.miscounts() && !h.settings.readLate {
		h.counted(pass)
	}
}

// run runs a pass by a plan, and waits until nothing runs any more.
func (h *history) run(kind passKind, p plan) (profile.Pass, error) {
	if !h.world.patient && h.program.client.Requests() > 20 {
		h.restart() // otherwise the limit of requests in a real minute would stop the history
	}
	h.door.liesBy(p.Lie, h.clinic.clock)
	defer h.door.liesBy(0, nil)
	var err error
	h.asked, err = h.computer.missing()
	check(h.t, err)
	maps.DeleteFunc(h.asked, func(ref string, _ bool) bool { return h.accepted[ref] })
	ctx, cancel := context.WithCancelCause(h.ctx)
	defer cancel(nil)
	var others sync.WaitGroup
	defer others.Wait()
	program := h.program
	kill := func() {
		cancel(syncer.ErrClosing)
		program.end()
	}
	if p.Kill < 0 {
		start := int(program.applied.Load())
		program.onApply = func(n int) {
			if n-start == -p.Kill {
				kill()
			}
		}
	}
	errs := &errorList{}
	conductor := &conductor{plan: p, kill: kill, tick: h.tick, do: func(e event) {
		switch {
		case e.Skew != 0:
			h.skew(e.Skew)
		case e.Open:
			others.Go(func() { h.openOne(ctx, program, e.Move.Who) })
		default:
			errs.add(h.clinic.happen(e.Move))
		}
	}}
	conductor.install(h.clinic.fake)
	if p.Beside != "" {
		second := h.start()
		program.outdated = true
		defer second.end()
		others.Go(func() { _, _ = h.runKind(ctx, second, p.Beside) })
	}
	pass, err := h.runKind(ctx, program, kind)
	others.Wait()
	h.door.wait()
	uninstall(h.clinic.fake)
	check(h.t, errs.first())
	h.settings.after(p)
	program.onApply = nil
	if p.Kill != 0 {
		h.restart()
	}
	return pass, err
}

// runKind runs one pass of a program. It is called from several goroutines.
func (h *history) runKind(ctx context.Context, p *program, kind passKind) (profile.Pass, error) {
	switch kind {
	case fullPass:
		return p.engine.Full(ctx, nil)
	case importPass:
		list, err := p.engine.List(ctx, nil)
		if err != nil {
			return profile.Pass{}, err
		}
		return p.engine.Import(ctx, list, nil)
	case retryPass:
		return p.engine.Retry(ctx)
	case askedPass:
		return p.engine.Sync(ctx, nil)
	case onePatient:
		h.openOne(ctx, p, 17)
		return profile.Pass{}, nil
	}
	return p.engine.Changes(ctx, nil)
}

var openedLock sync.Mutex

// openOne opens a patient, whether or not that succeeds.
func (h *history) openOne(ctx context.Context, p *program, who int) {
	ids := h.clinic.fake.IDs()
	if len(ids) == 0 {
		return
	}
	id := ids[who%len(ids)]
	for range syncer.MaxHops + 1 {
		openedLock.Lock()
		h.opened[id] = true
		openedLock.Unlock()
		patient, _ := h.clinic.fake.Get(id)
		if id = patient.MergedWith; id == "" {
			break
		}
	}
	_, _ = p.engine.Open(ctx, profile.ID(ids[who%len(ids)]))
}

// open opens one patient while nothing else happens: what is shown is what
// Cliniko has.
func (h *history) open(t *rapid.T) {
	ids := h.clinic.fake.IDs()
	if len(ids) == 0 {
		t.Skip("nobody to open")
	}
	id := ids[rapid.IntRange(0, 400).Draw(t, "who")%len(ids)]
	h.opened[id] = true
	entry, err := h.program.engine.One(h.ctx, profile.ID(id))
	check(t, err)
	patient, _ := h.clinic.fake.Get(id)
	if want := h.judged(patient); !same(want, tidied(entry)) {
		t.Fatalf("opened %s:\n%s", id, difference(want, tidied(entry)))
	}
}

type errorList struct {
	mu   sync.Mutex
	errs []error
}

func (l *errorList) add(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errs = append(l.errs, err)
}

func (l *errorList) first() error { return errors.Join(l.errs...) }

func (h *history) wasStored(ref string) bool {
	_, ok := h.before[ref]
	return ok
}

// tick lets the time pass that an answer takes.
func (h *history) tick(d time.Duration) {
	if h.world.patient {
		time.Sleep(d)
	} else {
		h.computer.clock.forward(d)
	}
}
