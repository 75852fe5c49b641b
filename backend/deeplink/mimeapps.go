package deeplink

import (
	"slices"
	"strings"
)

// The lists of the "Association between MIME types and applications"
// specification: mimeapps.list has what a person chose, mimeinfo.cache what is
// installed.

// handlerType is the type of our links in those lists.
const handlerType = "x-scheme-handler/" + Scheme

const (
	choiceGroup = "Default Applications" // of mimeapps.list
	cacheGroup  = "MIME Cache"           // of mimeinfo.cache
)

// handlersIn returns the desktop files that a group lists for our links, the
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
		// A name may not lead out of the folders of applications.
		return id == "" || strings.ContainsAny(id, `/\`) || !strings.HasSuffix(id, ".desktop")
	})
}

// preferring returns a mimeapps.list in which we come first for our links. The
// previous handlers, and others, follow us, and so take over again when we are
// removed. All other lines stay unchanged.
func preferring(text string, others []string) string {
	ids := []string{desktopID}
	for _, other := range append(handlersIn(text, choiceGroup), others...) {
		if !slices.Contains(ids, other) {
			ids = append(ids, other)
		}
	}
	return withChoice(text, ids)
}

// without returns a mimeapps.list that does not list us for our links.
func without(text string) string {
	ids := handlersIn(text, choiceGroup)
	others := slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == desktopID })
	if len(others) == len(ids) {
		return text
	}
	return withChoice(text, others)
}

// withChoice replaces the lines for our links with one, or with none.
func withChoice(text string, ids []string) string {
	lines := strings.Split(text, "\n")
	drop := make(map[int]bool)
	eachKey(text, choiceGroup, func(line int, key, _ string) { drop[line] = drop[line] || key == handlerType })

	var kept []string
	line := handlerType + "=" + strings.Join(ids, ";") + ";"
	placed := len(ids) == 0
	for number, old := range lines {
		if !drop[number] {
			kept = append(kept, old)
		}
		if !placed && strings.TrimRight(old, " \t\r") == "["+choiceGroup+"]" {
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
		kept = append(kept, "["+choiceGroup+"]", line, "")
	}
	return strings.Join(kept, "\n")
}
