package deeplink

import (
	"slices"
	"strings"
)

// The lists of the "Association between MIME types and applications"
// specification: mimeapps.list, which says what a person chose, and
// mimeinfo.cache, which says what there is.

// handlerType stands for links of our scheme in those lists.
const handlerType = "x-scheme-handler/" + Scheme

const (
	chosen = "Default Applications" // of mimeapps.list
	known  = "MIME Cache"           // of mimeinfo.cache
)

// handlersIn returns the desktop files that one group names for our links, the
// preferred one first.
func handlersIn(text, group string) []string {
	var ids []string
	eachKey(text, group, func(_ int, key, value string) {
		if key == handlerType {
			ids = append(ids, splitList(value)...)
		}
	})
	return ids
}

func splitList(value string) []string {
	return slices.DeleteFunc(strings.Split(value, ";"), func(id string) bool {
		// A name leads into the folders of applications and nowhere else.
		return id == "" || strings.ContainsAny(id, `/\`) || !strings.HasSuffix(id, ".desktop")
	})
}

// preferring returns a mimeapps.list in which we come first for our links.
// Those that stood there, and others, stay behind us, and so come back when we
// are gone. All other lines stay as they are.
func preferring(text string, others []string) string {
	ids := []string{desktopID}
	for _, other := range append(handlersIn(text, chosen), others...) {
		if !slices.Contains(ids, other) {
			ids = append(ids, other)
		}
	}
	return withChoice(text, ids)
}

// without returns a mimeapps.list that does not name us for our links.
func without(text string) string {
	ids := handlersIn(text, chosen)
	others := slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == desktopID })
	if len(others) == len(ids) {
		return text
	}
	return withChoice(text, others)
}

// withChoice replaces the lines for our links by one, or by none.
func withChoice(text string, ids []string) string {
	lines := strings.Split(text, "\n")
	drop := make(map[int]bool)
	eachKey(text, chosen, func(line int, key, _ string) { drop[line] = drop[line] || key == handlerType })

	var kept []string
	line := handlerType + "=" + strings.Join(ids, ";") + ";"
	placed := len(ids) == 0
	for number, old := range lines {
		if !drop[number] {
			kept = append(kept, old)
		}
		if !placed && strings.TrimRight(old, " \t\r") == "["+chosen+"]" {
			kept = append(kept, line)
			placed = true
		}
	}
	if !placed {
		for len(kept) > 0 && kept[len(kept)-1] == "" {
			kept = kept[:len(kept)-1]
		}
		if len(kept) > 0 {
			kept = append(kept, "")
		}
		kept = append(kept, "["+chosen+"]", line, "")
	}
	return strings.Join(kept, "\n")
}
