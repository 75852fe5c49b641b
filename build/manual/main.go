// Command manual writes the manual pages of telehab's commands and the shell
// completions into a folder.
//
//	manual DIR VERSION
//
// The pages' date is SOURCE_DATE_EPOCH.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra/doc"

	"telehab.io/desktop/backend/command"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manual DIR VERSION")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

func write(dir, version string) error {
	pages := filepath.Join(dir, "man1")
	if err := os.MkdirAll(pages, 0o755); err != nil { //nolint:gosec // everybody reads manuals
		return err
	}
	commands := command.Commands(version)
	commands.DisableAutoGenTag = true // it has the time of the build
	header := doc.GenManHeader{Section: "1", Source: "TeleHab " + version, Manual: "TeleHab's commands"}
	return errors.Join(
		doc.GenManTree(commands, &header, pages),
		commands.GenBashCompletionFileV2(filepath.Join(dir, "telehab.bash"), true),
		commands.GenZshCompletionFile(filepath.Join(dir, "_telehab")),
		commands.GenFishCompletionFile(filepath.Join(dir, "telehab.fish"), true),
	)
}
