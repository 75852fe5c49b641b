package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestServesUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		arguments := "--addr 127.0.0.1:0 --patients 20 --latency 1ms --limit 0 --seed 3 --key MS0xTEST-au1 --faults 500=0 --revoke-at 2" +
			" --app-name Elsewhere --app-url https://app.example.com/open"
		ended <- run(ctx, strings.Fields(arguments), in, io.Discard)
		_ = in.Close() // closing a pipe cannot fail
	}()
	lines := bufio.NewScanner(out)
	said := map[string]string{}
	for len(said) < 4 && lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), " ")
		said[name] = rest
	}
	go func() {
		for lines.Scan() { // the rest is read so that it does not block
		}
	}()
	if said["key"] != "MS0xTEST-au1" || said["clinic"] != "Harbour Physio, 20 people" {
		t.Errorf("it said %v", said)
	}
	for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, said["address"]+"/patients", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(said["key"], "")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		if response.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i+1, response.StatusCode, want)
		}
	}
	if page := read(t, said["page"]); !strings.Contains(page, ">TeleHab</a>") ||
		!strings.Contains(page, `<a href="https://app.example.com/open?patient_id=`) {
		t.Errorf("the page %q does not offer both apps", said["page"])
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRefusedFlags(t *testing.T) {
	for _, arguments := range []string{
		"--addr 0.0.0.0:0", "--addr example.com:80", "--faults teapot=1", "--limit x", "extra",
		"--app-name Elsewhere", "--app-url https://app.example.com", "--app-name Elsewhere --app-url telehab://patient",
	} {
		if err := run(t.Context(), append([]string{"--patients", "1"}, strings.Fields(arguments)...), io.Discard, io.Discard); err == nil {
			t.Errorf("%s was accepted", arguments)
		}
	}
}
