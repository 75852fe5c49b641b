package window

import (
	"sync"
	"time"
)

// clearAfter is how long a client's email or phone number stays on the
// clipboard.
const clearAfter = 45 * time.Second

// detailClipboard puts a client's detail on the system's clipboard, and takes
// it away.
type detailClipboard struct {
	toolkit toolkit

	mu    sync.Mutex
	text  string // the detail that was put there last
	timer *time.Timer
}

// put puts a client's detail on the clipboard for a while.
func (c *detailClipboard) put(text string) error {
	if err := c.toolkit.CopyPrivately(text); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.text, c.timer = text, time.AfterFunc(clearAfter, c.clear)
	return nil
}

// clear empties the clipboard if it still holds a client's detail.
func (c *detailClipboard) clear() {
	text := c.take()
	if text == "" {
		return
	}
	// The clipboard may be another program's by now, or not to be had: then it
	// is left alone.
	if held, err := c.toolkit.CopiedText(); err == nil && held == text {
		_ = c.toolkit.CopyText("")
	}
}

func (c *detailClipboard) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	text := c.text
	c.text = ""
	return text
}
