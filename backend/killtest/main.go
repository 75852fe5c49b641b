// Command killtest kills the real program at random moments of an import, then
// lets the import finish, and compares the result with an import that was not
// killed.
//
//	killtest [-binary build/bin/telehab] [-kills N] [-patients N] [-seed N]
//
// It needs a system keyring of its own: build/scripts/private-session.sh starts
// it with one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	binary := flag.String("binary", "build/bin/telehab", "the program")
	kills := flag.Int("kills", 100, "how often it is killed")
	patients := flag.Int("patients", 5000, "how many people the clinic has")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "decides when it is killed") // #nosec G115 -- any number will do
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("seed %d\n", *seed)
	if err := run(ctx, *binary, *kills, *patients, rand.New(rand.NewPCG(*seed, 0))); err != nil { // #nosec G404 -- not a secret
		fmt.Fprintln(os.Stderr, "killtest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary string, kills, patients int, random *rand.Rand) (err error) {
	binary, err = filepath.Abs(binary)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "killtest")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p, err := newProgram(ctx, binary, dir, patients)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()

	undisturbed, err := p.undisturbed(ctx)
	if err != nil {
		return fmt.Errorf("an import without a kill: %w", err)
	}
	fmt.Printf("without a kill: %d clients read, %d profiles, %d failed, %d requests\n",
		undisturbed.Read, len(undisturbed.profiles), len(undisturbed.failed), undisturbed.requests)

	k := &killer{program: p, random: random, full: undisturbed, left: kills}
	started := time.Now()
	for k.left > 0 {
		if err := k.oneImport(ctx); err != nil {
			return fmt.Errorf("import %d, after %d kills: %w", k.imports+1, kills-k.left, err)
		}
	}
	fmt.Printf("%d kills over %d imports in %.0f s; all ended like the one without a kill\n", kills, k.imports, time.Since(started).Seconds())
	fmt.Printf("kills before a start's first request: %d; kills by how many tenths of the clients were stored: %s\n", k.early, k.tenths())
	return nil
}
