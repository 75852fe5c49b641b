package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// hubAnswers are the clinic's answers as flags; "" is to be asked, or as before.
type hubAnswers struct {
	adult, guardian, photo, otherSex string
}

func (a *hubAnswers) given() bool { return *a != hubAnswers{} }

func (t *Terminal) sendHub() *cobra.Command {
	var as string
	var answers hubAnswers
	var yes, stop bool
	c := &cobra.Command{
		Use:   "send --as EMAIL",
		Short: "Send the clients to VALD Hub; the first time, ask what has to be decided",
		Long: "Sends the clients to the connected organisation in VALD Hub, at most four a second: 5,000 take 21 minutes. From then on each change\n" +
			"is sent after the sync that brings it, while the window or telehab sync --watch is open. Ctrl-C pauses it; the next time it continues.\n\n" +
			"The first time it asks for three answers about consent, which VALD Hub wants with each profile, and what is sent for a sex other than\n" +
			"Male and Female. Flags answer as well, and change an answer later. Nobody is created over somebody who is likely there already:\n" +
			"telehab hub matches asks about these.",
		Example: "  telehab hub send --as dana@example.com\n" +
			"  telehab hub send --as dana@example.com --created-by-adult yes --guardian-consent no --photo-consent no --other-sex hold --yes\n" +
			"  telehab hub send --as dana@example.com --stop   # what is in VALD Hub stays there",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(w *workspace.Workspace, person *session.Session) error {
				if stop {
					if err := person.Hub().StopSending(ctx); err != nil {
						return err
					}
					_, err := fmt.Fprintln(t.Out, "Nothing is sent to VALD Hub any more. What is there stays there.")
					return err
				}
				return t.runSend(ctx, w, person, &answers, yes)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may sync clients; to turn it on, or change an answer, who may connect a clinic")
	c.Flags().StringVar(&answers.adult, "created-by-adult", "", "yes or no: isCreatedByUserOver18YearsOld, for every profile")
	c.Flags().StringVar(&answers.guardian, "guardian-consent", "", "yes or no: isGuardianConsentGiven, for every profile")
	c.Flags().StringVar(&answers.photo, "photo-consent", "", "yes or no: isPhotoVideoConsentGiven, for every profile")
	c.Flags().StringVar(&answers.otherSex, "other-sex", "", "unknown, not-applicable or hold: what is sent for a sex other than Male and Female")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask before sending is turned on")
	c.Flags().BoolVar(&stop, "stop", false, "stop sending")
	need(c, "as")
	return c
}

func (t *Terminal) runSend(ctx context.Context, w *workspace.Workspace, person *session.Session, answers *hubAnswers, yes bool) error {
	status, err := session.ReadHubStatus(ctx, w)
	if err != nil {
		return err
	}
	if on := status.Sending.On && status.Sending.Tenant == status.Hub.ID; !on || answers.given() {
		if err := t.turnOnSending(ctx, person, status, answers, yes); err != nil {
			return err
		}
	}
	show := t.newProgress(false)
	err = person.Hub().Send(ctx, func(p hubsend.Progress) {
		line := fmt.Sprintf("Sending to VALD Hub: %d of %d confirmed", p.Ledger.Confirmed, p.Ledger.Eligible)
		if p.OfEmails > 0 {
			line = fmt.Sprintf("Reading emails from VALD Hub: %d of %d", p.Emails, p.OfEmails)
		}
		show.show(line)
	})
	show.end()
	if ctx.Err() != nil {
		return profile.Refuse(profile.Cancelled, "It is paused. What was sent is in VALD Hub; telehab hub send continues, and so does the next sync.")
	}
	if err != nil {
		return err
	}
	if status, err = session.ReadHubStatus(ctx, w); err != nil {
		return err
	}
	return t.tableHub(status)
}

// turnOnSending asks what is not answered by flags, or before.
func (t *Terminal) turnOnSending(ctx context.Context, person *session.Session, status *session.HubStatus, given *hubAnswers, yes bool) error {
	answers := status.Sending
	fresh := !answers.On
	for _, q := range []struct {
		flag string
		into **bool
		asks string
	}{
		{given.adult, &answers.CreatedByAdult, "Is every profile created by somebody over 18 years old? (isCreatedByUserOver18YearsOld)"},
		{given.guardian, &answers.GuardianConsent, "Is a guardian's consent given for every profile? (isGuardianConsentGiven)"},
		{given.photo, &answers.PhotoVideoConsent, "Is consent to photos and videos given for every profile? (isPhotoVideoConsentGiven)"},
	} {
		if q.flag == "" && !fresh && *q.into != nil {
			continue
		}
		answer, err := t.answerOf(ctx, q.flag, q.asks+" yes or no", map[string]string{"yes": "yes", "no": "no"})
		if err != nil {
			return err
		}
		is := answer == "yes"
		*q.into = &is
	}
	if given.otherSex != "" || fresh {
		sex, err := t.answerOf(ctx, given.otherSex, "What is sent for a sex other than Male and Female? unknown, not-applicable, or hold: nothing is sent of these clients",
			map[string]string{"unknown": "Unknown", "not-applicable": "NotApplicable", "hold": ""})
		if err != nil {
			return err
		}
		answers.OtherSex = sex
	}
	return person.Hub().SetSending(ctx, answers, func(h session.HubStatus) error {
		if yes {
			return nil
		}
		return t.confirm(ctx, "This sends the id in Cliniko, first and last name, date of birth, sex and email of the active clients to "+named(h.Hub.Organisation)+
			" in VALD Hub ("+h.Hub.Region+"), and each later change.", "Nothing was sent.")
	})
}

// answerOf takes an answer that was given, or asks for it.
func (t *Terminal) answerOf(ctx context.Context, given, asks string, answers map[string]string) (string, error) {
	if given == "" {
		var err error
		if given, err = t.readLine(ctx, asks); err != nil {
			return "", err
		}
	}
	if answer, ok := answers[strings.ToLower(strings.TrimSpace(given))]; ok {
		return answer, nil
	}
	return "", profile.Refuse(profile.Invalid, asks+". Nothing was sent.")
}
