// Command serve runs a simulated Cliniko on a loopback address until it is
// interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done. Once it listens, it prints "address URL" and
// "key KEY" as its first two lines.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	addr, options, faults, err := parse(arguments, stderr)
	if err != nil {
		return err
	}
	clinic := fakeclinic.New(options)
	clinic.SetFaults(faults)
	server, err := clinic.Start(addr)
	if err != nil {
		return err
	}
	page := "none"
	if ids := clinic.IDs(); len(ids) > 0 {
		page = server.PatientURL(ids[0])
	}
	if _, err := fmt.Fprintf(stdout, "address %s\nkey %s\nclinic %s, %d people\npage %s\nTELEHAB_CLINIKO_URL=%s\n",
		server.URL(), server.Key(), clinic.Name(), clinic.Len(), page, server.URL()); err != nil {
		return errors.Join(fmt.Errorf("print the address: %w", err), server.Close())
	}
	<-ctx.Done()
	return server.Close()
}

func parse(arguments []string, stderr io.Writer) (
	addr string, options fakeclinic.Options, faults func(fakeclinic.Request) fakeclinic.Fault, err error,
) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&addr, "addr", "127.0.0.1:8700", "loopback `address` to listen on; port 0 for any free one")
	flags.IntVar(&options.Patients, "patients", fakeclinic.DefaultPatients, "how many people the clinic has")
	flags.DurationVar(&options.Latency, "latency", 0, "time before each answer, such as 120ms")
	flags.IntVar(&options.Limit, "limit", fakeclinic.ClinikoLimit, "requests let through in a minute; 0 for no limit")
	flags.BoolVar(&options.FixedWindow, "fixed-window", false, "count the limit by the minute of the clock")
	flags.Uint64Var(&options.Seed, "seed", 1, "decides everything that is generated")
	flags.StringVar(&options.Key, "key", "", "the API `key` with its shard suffix; made from the seed if empty")
	flags.StringVar(&options.Name, "name", "", "the clinic's name")
	flags.StringVar(&options.Subdomain, "subdomain", "", "the clinic's subdomain")
	flags.StringVar(&options.AccountID, "account", "", "the clinic's account `id`")
	flags.StringVar(&options.PatientTerm, "term", "patient", "what the clinic calls its patients")
	appName := flags.String("app-name", "", "the `name` of another app under Open in, beside TeleHab; needs --app-url")
	appURL := flags.String("app-url", "", "the `address` that it is opened at, with patient_id added")
	clean := flags.Bool("clean", false, "a clinic in which nobody lacks anything")
	spec := flags.String("faults", "", fmt.Sprintf("`probabilities` such as 500=0.01,hang=0.002; kinds are %q", fakeclinic.Kinds()))
	faultSeed := flags.Uint64("fault-seed", 1, "decides which requests fail")
	revoke := flags.Int("revoke-at", 0, "answer 401 from this request `number` on")
	if err = flags.Parse(arguments); err != nil {
		return
	}
	if flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
		return
	}
	if options.Patients <= 0 {
		options.Patients = fakeclinic.NoPatients
	}
	if *appName != "" || *appURL != "" {
		if options.PatientApps, err = apps(*appName, *appURL); err != nil {
			return
		}
	}
	if *clean {
		options.Shares = new(fakeclinic.CleanShares())
	}
	probability, err := fakeclinic.ParseFaults(*spec)
	if err != nil {
		return
	}
	faults = misbehave(fakeclinic.RandomFaults(*faultSeed, probability), *revoke)
	return
}

func apps(name, address string) ([]fakeclinic.PatientApp, error) {
	if strings.TrimSpace(name) == "" {
		return nil, errors.New("another app needs an --app-name")
	}
	address, err := fakeclinic.ParseAppURL(address)
	if err != nil {
		return nil, err
	}
	return []fakeclinic.PatientApp{fakeclinic.TeleHabApp(), {Name: name, URL: address}}, nil
}

func misbehave(random func(fakeclinic.Request) fakeclinic.Fault, revoke int) func(fakeclinic.Request) fakeclinic.Fault {
	if revoke <= 0 {
		return random
	}
	revoked := fakeclinic.FromRequest(revoke, fakeclinic.Fault{Kind: fakeclinic.Unauthorized})
	return func(r fakeclinic.Request) fakeclinic.Fault {
		if fault := revoked(r); fault.Kind != fakeclinic.NoFault {
			return fault
		}
		return random(r)
	}
}
