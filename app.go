package main

import (
	"io/fs"

	"telehab.io/desktop/backend/window"
	"telehab.io/desktop/backend/workspace"
)

// openWindow shows the window and returns when it is closed.
func openWindow(o workspace.Options, demo bool, link string) error {
	// Given as a sub-folder, development builds serve what is embedded too.
	page, err := fs.Sub(frontend, "frontend/dist")
	if err != nil {
		return err
	}
	return window.Open(window.Options{Workspace: o, Demo: demo, Link: link, Page: page, Icon: icon, WindowIcon: windowIcon}, services)
}

// services are what the window may call, an area each.
func services(p window.Parts) []any {
	return []any{
		window.NewAbout(p),
		window.NewPeople(p),
		window.NewPIN(p),
		window.NewSecurity(p),
		window.NewClinics(p),
		window.NewComputers(p),
		window.NewIntegration(p),
		window.NewHub(p),
		window.NewSync(p),
		window.NewToday(p),
		window.NewProfiles(p),
		window.NewAttention(p),
		window.NewLinks(p),
	}
}
