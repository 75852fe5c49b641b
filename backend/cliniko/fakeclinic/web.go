package fakeclinic

import (
	"bytes"
	"embed"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

//go:embed pages
var pages embed.FS

var patientPage = template.Must(template.ParseFS(pages, "pages/patient.html"))

// webPolicy lets a page only load its style sheet and post to its own clinic.
const webPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// webPages are what people see in a browser. They have no sign-in, so they
// answer only for loopback names and accept changes only from their own pages.
func (c *Clinic) webPages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /patients/{id}", c.showPatient)
	mux.HandleFunc("POST /patients/{id}", c.changePatient)
	mux.HandleFunc("GET "+BridgePath, showBridge)
	mux.Handle("GET /pages/patient.css", http.FileServerFS(pages))
	sameOrigin := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", webPolicy)
		header.Set("Referrer-Policy", "same-origin")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "no-store")
		if !loopback(hostname(r.Host)) {
			http.Error(w, "This clinic is only here", http.StatusMisdirectedRequest)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

func hostname(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return strings.Trim(hostport, "[]")
	}
	return host
}

// patientView is what the page shows.
type patientView struct {
	Clinic, ID, Label, Initials, Preferred, Updated    string
	FirstName, LastName, BirthDate, Sex, Email, Mobile string
	MergedWith                                         string
	Archived, Saved                                    bool
	Details                                            []detail
	Apps                                               []PatientApp
}

type detail struct{ Name, Text string }

// Missing is also true for white space, which is invisible.
func (d detail) Missing() bool { return strings.TrimSpace(d.Text) == "" }

func (c *Clinic) showPatient(w http.ResponseWriter, r *http.Request) {
	p, known := c.Get(r.PathValue("id"))
	if !known {
		http.NotFound(w, r)
		return
	}
	view := c.view(p)
	view.Saved = r.URL.Query().Has("saved")
	var page bytes.Buffer
	if err := patientPage.Execute(&page, view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The client may have disconnected.
	_, _ = page.WriteTo(w)
}

func (c *Clinic) view(p Patient) patientView {
	view := patientView{
		Clinic: c.options.Name, ID: p.ID, Label: p.Name(), Initials: initials(p), Preferred: value(p.PreferredFirstName),
		Updated:   p.UpdatedAt.UTC().Format("2 January 2006, 15:04 MST"),
		FirstName: value(p.FirstName), LastName: value(p.LastName), BirthDate: value(p.DateOfBirth),
		Sex: value(p.Sex), Email: value(p.Email), MergedWith: p.MergedWith, Archived: p.ArchivedAt != nil,
	}
	if view.Label == "" {
		view.Label = "Unnamed patient"
	}
	for _, app := range c.options.PatientApps {
		view.Apps = append(view.Apps, app.link(p.ID))
	}
	var numbers []string
	for _, phone := range p.Phones {
		numbers = append(numbers, phone.Number+" ("+phone.Type+")")
	}
	if at := mobile(p.Phones); at >= 0 {
		view.Mobile = p.Phones[at].Number
	}
	view.Details = []detail{
		{"First name", view.FirstName}, {"Last name", view.LastName}, {"Date of birth", view.BirthDate},
		{"Sex", view.Sex}, {"Email", view.Email}, {"Phone", strings.Join(numbers, "\n")},
	}
	for _, optional := range []detail{
		{"Gender identity", value(p.GenderIdentity)}, {"Gender (older field)", value(p.Gender)}, {"Title", value(p.Title)},
	} {
		if !optional.Missing() {
			view.Details = append(view.Details, optional)
		}
	}
	if p.Pronouns != nil {
		view.Details = append(view.Details, detail{"Pronouns", p.Pronouns.Nominative + " / " + p.Pronouns.Accusative})
	}
	return view
}

func initials(p Patient) string {
	var letters []rune
	for _, part := range []string{value(p.FirstName), value(p.LastName)} {
		if at := strings.IndexFunc(part, unicode.IsLetter); at >= 0 {
			letters = append(letters, unicode.ToUpper([]rune(part[at:])[0]))
		}
	}
	if len(letters) == 0 {
		return "?"
	}
	return string(letters)
}

func mobile(phones []Phone) int {
	return slices.IndexFunc(phones, func(phone Phone) bool { return phone.Type == "Mobile" })
}

func (c *Clinic) changePatient(w http.ResponseWriter, r *http.Request) {
	const enough = 16 << 10
	r.Body = http.MaxBytesReader(w, r.Body, enough)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form could not be read", http.StatusBadRequest)
		return
	}
	id := r.PathValue("id")
	var err error
	switch r.PostForm.Get("action") {
	case "archive":
		err = c.Archive(id)
	case "unarchive":
		err = c.Unarchive(id)
	case "save":
		err = c.Edit(id, func(p *Patient) { p.fill(r) })
	default:
		http.Error(w, "Unknown action", http.StatusBadRequest)
		return
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, "/patients/"+id+"?saved", http.StatusSeeOther)
}

// fill sets the fields of the form. Fields that it lacks are unchanged, and so
// are empty ones that were empty before.
func (p *Patient) fill(r *http.Request) {
	p.Raw = nil
	for name, into := range map[string]**string{
		"first_name": &p.FirstName, "last_name": &p.LastName, "date_of_birth": &p.DateOfBirth, "sex": &p.Sex, "email": &p.Email,
	} {
		if !r.PostForm.Has(name) || r.PostForm.Get(name) == value(*into) {
			continue
		}
		*into = nil
		if text := strings.TrimSpace(r.PostForm.Get(name)); text != "" {
			*into = &text
		}
	}
	if !r.PostForm.Has("mobile") {
		return
	}
	number, at := strings.TrimSpace(r.PostForm.Get("mobile")), mobile(p.Phones)
	switch {
	case at >= 0 && number == "":
		p.Phones = slices.Delete(p.Phones, at, at+1)
	case at >= 0:
		p.Phones[at].Number = number
	case number != "":
		p.Phones = append(p.Phones, Phone{"Mobile", number})
	}
}
