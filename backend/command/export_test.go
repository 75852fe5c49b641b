package command

import (
	"context"
	"time"
)

// Watch is telehab sync --watch that looks for changes of other processes, and
// tries a keyring again, this often.
func Watch(ctx context.Context, t *Terminal, tick time.Duration) error {
	t.Out = &output{to: t.Out}
	w := t.newWatch()
	w.tick, w.rest = tick, tick
	return w.run(ctx)
}
