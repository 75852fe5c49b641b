package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

func directory100000(ctx context.Context, rounds int) (lines []line, err error) {
	const patients = 100_000
	dir, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := fullWorkspace(ctx, dir, patients)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()

	ready, err := inTurn(ctx, rounds, func(ctx context.Context) (time.Duration, error) { return signIn(ctx, w, patients) })
	if err != nil {
		return nil, err
	}
	people, err := w.Directory()
	if err != nil {
		return nil, err
	}
	queries := searches(people)
	var slow, usual, edited []time.Duration
	for range rounds {
		runtime.GC()
		times := make([]time.Duration, len(queries))
		for i, q := range queries {
			started := time.Now()
			people.Find(q)
			times[i] = time.Since(started)
		}
		slow, usual = append(slow, percentile(times, 99)), append(usual, percentile(times, 50))
		edited = append(edited, afterEdit(people))
	}
	suggest := timeLine("directory-100000-suggest", suggestions(people, rounds), 50*time.Millisecond)
	suggest.Note = "a misspelt search that finds nobody, and the name that it is one edit away from"
	search := timeLine("directory-100000-search", slow, 5*time.Millisecond)
	search.Note = fmt.Sprintf("99 of 100 searches; half take %s, and the list after one profile has changed %s", rounded(median(usual)), rounded(median(edited)))
	return []line{search, suggest, timeLine("directory-100000-ready", ready[0], 800*time.Millisecond)}, nil
}

// fullWorkspace creates a data directory with this many clients. They come from
// pages in memory, since the request limit would take minutes.
func fullWorkspace(ctx context.Context, dir string, patients int) (*workspace.Workspace, error) {
	_, server, err := start(fakeclinic.Options{Patients: fakeclinic.NoPatients})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	w, err := workspace.Open(ctx, workspace.Options{Dir: dir, ClinikoURL: server.URL()})
	if err != nil {
		return nil, err
	}
	if err := fillWorkspace(ctx, w, server.Key(), patients); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// fill creates a data directory for tests of the window with a large clinic.
func fill(ctx context.Context, dir string, patients int) error {
	w, err := fullWorkspace(ctx, dir, patients)
	if err != nil {
		return err
	}
	return w.Close()
}

func fillWorkspace(ctx context.Context, w *workspace.Workspace, key string, patients int) error {
	if _, err := w.Connect(ctx, key); err != nil {
		return err
	}
	from, err := fetchPages(ctx, patients)
	if err != nil {
		return err
	}
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	_, err = syncer.New(from, store.Store(), syncer.Options{}).Full(ctx, nil)
	return err
}

// signIn reads all clients into memory and shows the first page of the list.
func signIn(ctx context.Context, w *workspace.Workspace, patients int) (time.Duration, error) {
	w.Lock()
	runtime.GC()
	started := time.Now()
	if _, err := w.Unlock(ctx); err != nil {
		return 0, err
	}
	people, err := w.Directory()
	if err != nil {
		return 0, err
	}
	result := people.Find(firstPage)
	took := time.Since(started)
	if len(result.Entries) != firstPage.Limit || result.Counts.All < patients*9/10 {
		err = fmt.Errorf("%d profiles came back", result.Counts.All)
	}
	return took, err
}

var firstPage = directory.Query{Filter: directory.All, Sort: directory.ByName, Limit: 60, Now: time.Now()}

// afterEdit measures the list right after one profile has changed.
func afterEdit(people *directory.Directory) time.Duration {
	one := people.Find(firstPage).Entries[30]
	one.Profile.LastName = "Zz" + one.Profile.LastName
	started := time.Now()
	people.Apply([]profile.Entry{one})
	people.Find(firstPage)
	return time.Since(started)
}

// suggestions measures how long a search takes that finds nobody and is
// misspelt, in each round the slowest of some.
func suggestions(people *directory.Directory, rounds int) (slowest []time.Duration) {
	for range rounds {
		var times []time.Duration
		for _, search := range []string{"smiht", "jonse", "wiliams", "ann xqvztrw", "xqvztrw vztrwxq trwxqvz"} {
			q := firstPage
			q.Search = search
			started := time.Now()
			if people.Find(q).Matched == 0 {
				people.Suggest(q)
			}
			times = append(times, time.Since(started))
		}
		slowest = append(slowest, slices.Max(times))
	}
	return slowest
}

// searches are what people type, letter by letter, for clients who exist and
// for some who do not.
func searches(people *directory.Directory) []directory.Query {
	random := rand.New(rand.NewPCG(1, 100_000)) // #nosec G404 -- the same searches in each run
	all := people.Find(directory.Query{Filter: directory.All, Sort: directory.ByName, Limit: 1 << 30}).Entries
	var queries []directory.Query
	ask := func(text string) {
		q := firstPage
		q.Search = text
		queries = append(queries, q)
	}
	typed := func(text string, most int) {
		letters := []rune(text)
		for n := 1; n <= min(most, len(letters)); n++ {
			ask(string(letters[:n]))
		}
	}
	for letter := 'a'; letter <= 'z'; letter++ {
		ask(string(letter))
	}
	for range 50 {
		p := all[random.IntN(len(all))].Profile
		typed(p.LastName, 6)
		typed(p.FirstName+" "+p.LastName, 12)
		ask(p.LastName + ", " + p.FirstName)
		ask(p.Email)
		ask(string(p.ID))
		if len(p.Phones) > 0 {
			typed(p.Phones[0].Number, 12)
			ask("+61 " + strings.TrimPrefix(p.Phones[0].Number, "0"))
		}
		ask(strings.ToLower(p.LastName) + "qx")
		ask("a " + p.LastName)
	}
	return queries
}
