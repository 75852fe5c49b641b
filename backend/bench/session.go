package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// inSession runs the benchmark in a process of its own, as a new user of this
// computer: with an empty system keyring and nothing else.
func (b *benchmark) inSession(ctx context.Context, rounds int) (lines []line, err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	arguments := []string{dir, self, "-inside", b.name, "-rounds", strconv.Itoa(rounds), "-computers", strconv.Itoa(*computers)}
	if path := flag.Lookup("cpuprofile").Value.String(); path != "" {
		if path, err = filepath.Abs(path + "." + b.name); err != nil {
			return nil, err
		}
		arguments = append(arguments, "-cpuprofile", path)
	}
	var out bytes.Buffer
	session := exec.CommandContext(ctx, filepath.Join(root, "build", "scripts", "private-session.sh"), arguments...) // #nosec G204 -- our own script
	session.Dir = root
	session.Stdout, session.Stderr = &out, os.Stderr
	if err := session.Run(); err != nil {
		return nil, fmt.Errorf("in a private session: %w", err)
	}
	return lines, json.Unmarshal(out.Bytes(), &lines)
}

// runInside is what inSession starts.
func runInside(ctx context.Context, name string, rounds int) error {
	for i := range benchmarks {
		if benchmarks[i].name == name {
			lines, err := benchmarks[i].run(ctx, rounds)
			if err != nil {
				return err
			}
			return json.NewEncoder(os.Stdout).Encode(lines)
		}
	}
	return fmt.Errorf("no benchmark %q", name)
}

// moduleRoot returns the folder of the module, which has the scripts.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the sources; run this from inside of them: %w", err)
	}
	return string(bytes.TrimSpace(out)), nil
}
