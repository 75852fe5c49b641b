package window

import (
	"context"
	"sync"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
	"telehab.io/desktop/backend/workspace"
)

// Hub is VALD Hub, which is off until somebody connects it.
type Hub struct {
	parts Parts

	mu    sync.Mutex
	of    *session.Session // who has compared; nil: nobody
	found *session.HubComparison
	at    string
}

// NewHub returns the service.
func NewHub(p Parts) *Hub { return &Hub{parts: p} }

// State returns how VALD Hub is connected, and how far the clients are on the way
// there. VALD is not asked.
func (h *Hub) State() (HubView, error) {
	return host.Do(h.parts.access, session.MayViewLink, h.state)
}

func (h *Hub) state(ctx context.Context, c *host.Call) (HubView, error) {
	status, err := session.ReadHubStatus(ctx, c.Clinic.Workspace)
	if err != nil {
		return HubView{}, err
	}
	view := hubView(status)
	if problem := c.Clinic.HubProblem(); problem != nil && view.Sending {
		view.Problem = new(errorView(problem))
	}
	if found, at := h.foundBy(c); found != nil && found.Hub.ID == status.Hub.ID {
		view.Comparison = comparisonView(found, at)
	}
	return view, nil
}

// OrganisationView is an organisation in VALD Hub.
type OrganisationView struct {
	ID   string `json:"id"`
	Name string `json:"name"` // "" where VALD has none
}

// Organisations asks VALD which organisations a client id and a secret reach in a
// region, of which Connect is given one. Nothing is kept.
func (h *Hub) Organisations(region, id, secret string) ([]OrganisationView, error) {
	return host.Do(h.parts.access, session.MayConnect, func(ctx context.Context, c *host.Call) ([]OrganisationView, error) {
		found, err := c.Session.Hub().Organisations(ctx, region, id, secret)
		views := make([]OrganisationView, len(found))
		for i, o := range found {
			views[i] = OrganisationView{o.ID, profile.Display(o.Name)}
		}
		return views, err
	})
}

// Connect proves a client id and a secret once more and keeps them, for one of the
// Organisations.
func (h *Hub) Connect(region, id, secret, organisation string) (HubView, error) {
	return host.Do(h.parts.access, session.MayConnect, func(ctx context.Context, c *host.Call) (HubView, error) {
		_, err := c.Session.Hub().Connect(ctx, session.HubAnswers{Region: region,
			Credentials: func() (string, string, error) { return id, secret, nil },
			Choose:      func([]workspace.Organisation) (string, error) { return organisation, nil }})
		if err != nil {
			return HubView{}, err
		}
		c.Clinic.Background.SendSoon() // the problem may have been that of the old ones
		return h.state(ctx, c)
	})
}

// Disconnect deletes the client id and the secret. Nothing changes in VALD Hub. own
// is the password of whoever does it.
func (h *Hub) Disconnect(own string) (HubView, error) {
	return host.Do(h.parts.access, session.MayDisconnectHub, func(ctx context.Context, c *host.Call) (HubView, error) {
		if err := c.Session.Hub().Disconnect(ctx, own, func(workspace.HubConnection) error { return nil }); err != nil {
			return HubView{}, err
		}
		h.forget(nil)
		return h.state(ctx, c)
	})
}

// Compare compares the clients with VALD Hub, and only reads. It takes minutes; how
// far it is, the event compare tells. What it found stays for whoever has asked, until
// their session ends.
func (h *Hub) Compare() (HubView, error) {
	return host.Do(h.parts.access, session.MayCompareHub, func(ctx context.Context, c *host.Call) (HubView, error) {
		tell := func(done, all int) { h.parts.toolkit.Emit(eventCompare, float64(done)/float64(max(all, 1))) }
		found, err := c.Session.Hub().Compare(ctx, false, true, tell)
		if err != nil {
			return HubView{}, err
		}
		h.keep(c, found, instant(c.Clinic.Time(ctx)))
		return h.state(ctx, c)
	})
}

// Found returns a part of what the last comparison has found, of one kind or, for "",
// of all.
func (h *Hub) Found(kind string, offset, limit int) (FoundPage, error) {
	return host.Do(h.parts.access, session.MayCompareHub, func(_ context.Context, c *host.Call) (FoundPage, error) {
		found, _ := h.foundBy(c)
		if found == nil {
			return FoundPage{}, session.ErrNotCompared
		}
		return foundPage(found, kind, offset, limit), nil
	})
}

// Export saves all that the last comparison has found, as CSV, where the person says.
// It returns the file's path, or "" when they have cancelled. own is their password.
func (h *Hub) Export(own string) (string, error) {
	return host.Do(h.parts.access, session.MayExportComparison, func(ctx context.Context, c *host.Call) (string, error) {
		found, _ := h.foundBy(c)
		return save(ctx, c, h.parts.toolkit, c.Session.Exports().Comparison(found), own, file{"comparison with VALD Hub", "vald-hub", "csv"})
	})
}

// SetSending turns sending on for the connected organisation, with the clinic's
// answers, or changes these. The page has asked before. It is sent in the background.
func (h *Hub) SetSending(answers SendingView) (HubView, error) {
	return host.Do(h.parts.access, session.MaySetSending, func(ctx context.Context, c *host.Call) (HubView, error) {
		if err := c.Session.Hub().SetSending(ctx, answers.sending(), func(session.HubStatus) error { return nil }); err != nil {
			return HubView{}, err
		}
		c.Clinic.Background.SendSoon()
		return h.state(ctx, c)
	})
}

// StopSending turns sending off, until SetSending. What is in VALD Hub stays.
func (h *Hub) StopSending() (HubView, error) {
	return host.Do(h.parts.access, session.MaySetSending, func(ctx context.Context, c *host.Call) (HubView, error) {
		if err := c.Session.Hub().StopSending(ctx); err != nil {
			return HubView{}, err
		}
		return h.state(ctx, c)
	})
}

// Queue returns who needs attention on the way to VALD Hub, and who has left Cliniko
// and may still be there. VALD is not asked.
func (h *Hub) Queue() (QueueView, error) {
	return host.Do(h.parts.access, session.MayCompareHub, func(ctx context.Context, c *host.Call) (QueueView, error) {
		matches, err := c.Session.Hub().Matches(ctx)
		if err != nil {
			return QueueView{}, err
		}
		left, err := c.Session.Hub().Left(ctx)
		if err != nil {
			return QueueView{}, err
		}
		view := QueueView{Matches: []MatchView{}, Left: []LeftView{}}
		for i := range matches {
			view.Matches = append(view.Matches, matchView(&matches[i]))
		}
		for i := range left {
			view.Left = append(view.Left, leftView(&left[i]))
		}
		return view, nil
	})
}

// Match returns one of the Queue with the profiles in VALD Hub that are in question,
// which are read there.
func (h *Hub) Match(ref string) (MatchView, error) {
	return host.Do(h.parts.access, session.MayCompareHub, func(ctx context.Context, c *host.Call) (MatchView, error) {
		matches, err := c.Session.Hub().Matches(ctx)
		if err != nil {
			return MatchView{}, err
		}
		for i := range matches {
			if matches[i].Delivery.Ref == ref {
				err := c.Session.Hub().Candidates(ctx, &matches[i])
				return matchView(&matches[i]), err
			}
		}
		return MatchView{}, profile.Refuse(profile.NotFound, "This is not to be decided any more. Look at the list again.")
	})
}

// Decide stores what a person decides about a client of the Queue, as it was shown:
// same, with VALD's id of the profile, different, or without_email.
func (h *Hub) Decide(shown MatchView, answer, profileID string) error {
	_, err := host.Do(h.parts.access, session.MayDecideMatch, func(ctx context.Context, c *host.Call) (none, error) {
		delivery := profile.Delivery{Ref: shown.Ref, Reason: shown.Reason, Version: shown.Version}
		if err := c.Session.Hub().Decide(ctx, &delivery, session.HubAnswer(answer), profileID); err != nil {
			return none{}, err
		}
		c.Clinic.Background.SendSoon()
		return none{}, nil
	})
	return err
}

// keep keeps a comparison for whoever has made it. It is forgotten as their session
// ends: it holds who the clients are.
func (h *Hub) keep(c *host.Call, found *session.HubComparison, at string) {
	h.mu.Lock()
	h.of, h.found, h.at = c.Session, found, at
	h.mu.Unlock()
	by := c.Session
	context.AfterFunc(by.Lifetime(), func() { h.forget(by) })
}

// forget forgets the comparison of a session; nil is that of anybody.
func (h *Hub) forget(by *session.Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if by == nil || h.of == by {
		h.of, h.found, h.at = nil, nil, ""
	}
}

// foundBy returns the comparison of whoever asks, or nil.
func (h *Hub) foundBy(c *host.Call) (found *session.HubComparison, at string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of != c.Session || c.Session.Ended() {
		return nil, ""
	}
	return h.found, h.at
}
