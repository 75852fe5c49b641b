package main

import (
	"context"
	"sync"
	"time"
)

// clearAfter is how long a client's email or phone number stays on the clipboard.
const clearAfter = 45 * time.Second

// CopyText puts text on the clipboard that is nobody's detail, such as the App
// URL.
func (a *App) CopyText(text string) error {
	_, err := call(a, "CopyText", func(context.Context, *desk) (struct{}, error) {
		return struct{}{}, a.system.CopyText(text)
	})
	return err
}

// CopyDetail puts a client's email or phone number on the clipboard, and takes it
// away after 45 seconds if it is still there. On Windows and macOS it stays out of
// the clipboard's history; what another program keeps all the same is beyond us.
func (a *App) CopyDetail(text string) error {
	_, err := call(a, "CopyDetail", func(context.Context, *desk) (struct{}, error) {
		if err := a.system.CopyPrivately(text); err != nil {
			return struct{}{}, err
		}
		a.copied.hold(text, func() { a.clearCopied() })
		return struct{}{}, nil
	})
	return err
}

// clearCopied empties the clipboard if it still holds a client's detail.
func (a *App) clearCopied() {
	text := a.copied.take()
	if text == "" {
		return
	}
	// The clipboard may be another program's by now, or not to be had: then it
	// is left alone.
	if held, err := a.system.CopiedText(); err == nil && held == text {
		_ = a.system.CopyText("")
	}
}

// copied is the detail that was put on the clipboard last.
type copied struct {
	mu    sync.Mutex
	text  string
	timer *time.Timer
}

func (c *copied) hold(text string, expire func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.text, c.timer = text, time.AfterFunc(clearAfter, expire)
}

func (c *copied) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	text := c.text
	c.text = ""
	return text
}
