//go:build !linux

package main

import (
	"context"
	"errors"
	"flag"
)

var computers = flag.Int("computers", 30, "how many computers share the clinic of the benchmark shared")

var sharedBenchmark = benchmark{name: "shared", what: "several computers on one PostgreSQL; on Linux only",
	run: func(context.Context, int) ([]line, error) {
		return nil, errors.New("the server of this benchmark runs on Linux only; name the others")
	}}
