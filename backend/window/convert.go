package window

import (
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/staff"
)

func personView(p *staff.Person) *PersonView {
	return &PersonView{ID: p.ID, Name: p.Name, Email: p.Email, Permissions: permissionNames(p.Permissions), Role: staff.RoleOf(p.Permissions), Active: p.Active()}
}

func permissionNames(permissions []staff.Permission) []string {
	names := make([]string, len(permissions))
	for i, permission := range permissions {
		names[i] = string(permission)
	}
	return names
}

func clinicView(c *profile.Clinic, color string) ClinicView {
	return ClinicView{Name: profile.Display(c.Name), Color: color, Shard: c.Shard, OwnerName: profile.Display(c.OwnerName), OwnerRole: c.OwnerRole, KeyEnds: c.KeyEnds, ConnectedAt: instant(c.Connected)}
}

func passView(p *profile.Pass) PassView {
	return PassView{Kind: string(p.Kind), StartedAt: instant(p.StartedAt), EndedAt: instant(p.EndedAt), Read: p.Counts.Read,
		Synced: p.Counts.Synced, Unchanged: p.Counts.Unchanged, Failed: p.Counts.Failed, Archived: p.Counts.Archived, Requests: p.Requests, Error: string(p.Err)}
}

// syncStatus leaves out what a runner does not know.
func syncStatus(s *runner.Status) SyncStatus {
	view := SyncStatus{Phase: string(s.Progress.Phase), Background: s.Background, Done: s.Progress.Done, Total: s.Progress.Total,
		PerSecond: s.Progress.PerSecond, SecondsLeft: -1, WaitingUntil: instant(s.WaitingUntil), OfflineSince: instant(s.OfflineSince),
		LastSuccess: instant(s.LastSuccess), ByService: s.ByService, Unfinished: s.Unfinished}
	if s.Progress.Left >= 0 {
		view.SecondsLeft = int((s.Progress.Left + time.Second - 1) / time.Second)
	}
	if s.Last != nil {
		last := passView(s.Last)
		view.Last = &last
	}
	if s.Problem != nil {
		problem := errorView(s.Problem)
		view.Problem = &problem
	}
	return view
}

// problemViews returns what is wrong with a profile, which is as it is displayed.
func problemViews(f *profile.Failure, shown *profile.Profile) []ProblemView {
	views := []ProblemView{}
	if f == nil {
		return views
	}
	for _, p := range f.Problems {
		views = append(views, ProblemView{Field: string(p.Field), Label: p.Field.Label(), Kind: p.Kind, Text: p.Text(), Value: p.Value(&shown.Details)})
	}
	return views
}

// failureView returns nil for a complete profile.
func failureView(e *profile.Entry) *FailureView {
	f := e.Failure
	if f == nil {
		return nil
	}
	shown := e.Profile.Displayed()
	return &FailureView{Ref: e.Ref, ID: string(f.ID), Name: shown.ShownName(), Code: string(f.Code), Problems: problemViews(f, &shown),
		Reason: f.ReasonIn(&shown.Details), FirstFailedAt: instant(f.FirstFailedAt), LastFailedAt: instant(f.LastFailedAt), Attempts: f.Attempts}
}

func listedRow(e *profile.Entry) ListedRow {
	p := e.Profile.Displayed()
	row := ListedRow{ID: string(p.ID), Name: p.ShownName(), Born: p.DateOfBirth.String(), Email: p.Email,
		Problems: problemViews(e.Failure, &p)}
	if e.Failure != nil {
		row.Code = string(e.Failure.Code)
	}
	return row
}

func profileRow(e *profile.Entry) ProfileRow {
	p := e.Profile.Displayed()
	return ProfileRow{ID: e.Ref, Name: p.ShownName(), Preferred: p.PreferredFirstName, Born: p.DateOfBirth.String(), Sex: p.Sex, Email: p.Email,
		Phone: p.MainPhone(), State: string(p.State), Problems: problemViews(e.Failure, &p), UpdatedAt: instant(p.UpdatedAt)}
}

func attentionRow(e *profile.Entry) AttentionRow {
	p := e.Profile.Displayed()
	return AttentionRow{Ref: e.Ref, ID: string(e.Failure.ID), Name: p.ShownName(), Preferred: p.PreferredFirstName, Born: p.DateOfBirth.String(),
		Phone: p.MainPhone(), Problems: problemViews(e.Failure, &p), Reason: e.Failure.ReasonIn(&p.Details), Since: instant(e.Failure.FirstFailedAt)}
}

// instant writes a time for the window.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
