package valdhub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Row is a profile as VALD Hub lists it. The texts are VALD's.
type Row struct {
	ProfileID   string
	SyncID      string // of the system that sent the profile; "" for none
	GivenName   string
	FamilyName  string
	Born        profile.Date // the calendar date as it is written there; zero for none
	Modified    time.Time
	ExternalID  string
	MergingInto string // the profile that it is being merged with; "" for none
}

// Detail is a profile by itself, reduced to what TeleHab compares.
type Detail struct {
	Row
	Sex   string
	Email string
}

// Import is what is sent of a client. An empty text or a nil answer is sent as
// null: whether that clears what VALD Hub has is not published.
type Import struct {
	TenantID   string
	SyncID     string
	GivenName  string
	FamilyName string
	Born       profile.Date
	Sex        string // Male, Female, Unknown or NotApplicable
	Email      string
	ExternalID string
	// The clinic's three choices; nil says that it has not decided.
	CreatedByAdult, GuardianConsent, PhotoVideoConsent *bool
}

// MarshalJSON writes the birth date as midnight in UTC, whatever the zone here.
func (i Import) MarshalJSON() ([]byte, error) {
	orNull := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	return json.Marshal(struct {
		TenantID          string  `json:"tenantId"`
		SyncID            string  `json:"syncId"`
		GivenName         string  `json:"givenName"`
		FamilyName        string  `json:"familyName"`
		DateOfBirth       string  `json:"dateOfBirth"`
		Sex               string  `json:"sex"`
		Email             *string `json:"email"`
		ExternalID        *string `json:"externalId"`
		CreatedByAdult    *bool   `json:"isCreatedByUserOver18YearsOld"`
		GuardianConsent   *bool   `json:"isGuardianConsentGiven"`
		PhotoVideoConsent *bool   `json:"isPhotoVideoConsentGiven"`
	}{i.TenantID, i.SyncID, i.GivenName, i.FamilyName, i.Born.String() + "T00:00:00.000Z", i.Sex, orNull(i.Email), orNull(i.ExternalID),
		i.CreatedByAdult, i.GuardianConsent, i.PhotoVideoConsent})
}

// Profiles returns all profiles of an organisation. The list has no pages, and
// neither emails nor sexes.
//
// Errors: HubRefused, HubForbidden, HubRejected, and those of the connection.
func (c *Client) Profiles(ctx context.Context, tenant string) ([]Row, error) {
	var answer struct {
		Profiles []row `json:"profiles"`
	}
	if err := c.read(ctx, c.at.profiles, "/profiles", url.Values{"TenantId": {tenant}}, emptyIsNone, &answer); err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(answer.Profiles))
	for i := range answer.Profiles {
		if answer.Profiles[i].ProfileID == "" {
			return nil, unexpected("a profile without an id")
		}
		rows = append(rows, answer.Profiles[i].row())
	}
	return rows, nil
}

// BySyncID returns the profiles with a sync ID. Whether VALD compares it exactly
// is not published, so others are left out here.
//
// Errors: as Profiles.
func (c *Client) BySyncID(ctx context.Context, tenant, syncID string) ([]Row, error) {
	var answer struct {
		Profiles []row `json:"profiles"`
	}
	if err := c.read(ctx, c.at.profiles, "/profiles", url.Values{"TenantId": {tenant}, "SyncId": {syncID}}, emptyIsNone, &answer); err != nil {
		return nil, err
	}
	var rows []Row
	for i := range answer.Profiles {
		if r := answer.Profiles[i].row(); r.SyncID == syncID && r.ProfileID != "" {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// Profile returns one profile.
//
// Errors: NotFound, and as Profiles.
func (c *Client) Profile(ctx context.Context, tenant, id string) (Detail, error) {
	if !isUUID(id) {
		return Detail{}, profile.Refuse(profile.Invalid, "This is not the id of a profile in VALD Hub. Compare again.")
	}
	var answer struct {
		row
		Sex   *text `json:"sex"`
		Email *text `json:"email"`
	}
	if err := c.read(ctx, c.at.profiles, "/profiles/"+strings.ToLower(id), url.Values{"tenantId": {tenant}}, onlyData, &answer); err != nil {
		return Detail{}, err
	}
	if !strings.EqualFold(string(answer.ProfileID), id) {
		return Detail{}, unexpected("an answer that is not about the profile asked for")
	}
	return Detail{answer.row.row(), answer.Sex.String(), answer.Email.String()}, nil
}

// Exists says whether an organisation has a profile with a sync ID.
//
// Errors: as Profiles.
func (c *Client) Exists(ctx context.Context, tenant, syncID string) (bool, error) {
	var answer struct {
		Is *bool `json:"isExistingProfile"`
	}
	err := c.read(ctx, c.at.profiles, "/profiles/exists", url.Values{"TenantId": {tenant}, "SyncId": {syncID}}, onlyData, &answer)
	if err == nil && answer.Is == nil {
		err = unexpected("an answer that does not say whether there is such a profile")
	}
	return err == nil && *answer.Is, err
}

// Import creates or updates the profile with a sync ID. It is sent once, and the
// answer says only that it was taken: BySyncID shows it, perhaps later.
//
// Errors: RateLimited, HubRejected with a Rejection, HubForbidden and HubRefused
// where nothing was changed. After any other one the profile may have been
// changed: read it before the same is sent again.
func (c *Client) Import(ctx context.Context, what Import) error {
	body, err := json.Marshal(what)
	if err != nil {
		return errors.New("encode a profile")
	}
	_, err = c.send(ctx, call{method: http.MethodPost, base: c.at.profiles, path: "/profiles/import", body: body, accept: onlyEmpty})
	return err
}

// row is a profile in JSON. Only the id is always there.
type row struct {
	ProfileID   uuid   `json:"profileId"`
	SyncID      *exact `json:"syncId"`
	GivenName   *text  `json:"givenName"`
	FamilyName  *text  `json:"familyName"`
	DateOfBirth *text  `json:"dateOfBirth"`
	Modified    *text  `json:"modifiedDateUtc"`
	ExternalID  *text  `json:"externalId"`
	MergingInto *uuid  `json:"beingMergedWithProfileId"`
}

func (r *row) row() Row {
	out := Row{ProfileID: string(r.ProfileID), GivenName: r.GivenName.String(), FamilyName: r.FamilyName.String(), ExternalID: r.ExternalID.String()}
	if r.SyncID != nil {
		out.SyncID = string(*r.SyncID)
	}
	if r.MergingInto != nil {
		out.MergingInto = string(*r.MergingInto)
	}
	// Never converted to a zone: a birth date is a calendar date.
	if born := r.DateOfBirth.String(); len(born) >= len(time.DateOnly) {
		if date, err := profile.ParseDate(born[:len(time.DateOnly)]); err == nil {
			out.Born = date
		}
	}
	if modified, err := time.Parse(time.RFC3339, r.Modified.String()); err == nil {
		out.Modified = modified.UTC()
	}
	return out
}

// text is a text of VALD's for people, of a bounded length; nil is null.
type text string

func (t *text) UnmarshalText(raw []byte) error {
	*t = text(profile.Shorten(strings.TrimSpace(string(raw))))
	return nil
}

func (t *text) String() string {
	if t == nil {
		return ""
	}
	return string(*t)
}

// exact is a text that is compared as it is.
type exact string

// uuid is an id of VALD's, which becomes part of an address.
type uuid string

var shapeOfUUID = regexp.MustCompile(`^[0-9A-Fa-f]+(-[0-9A-Fa-f]+){4}$`)

func isUUID(s string) bool { return len(s) == 36 && shapeOfUUID.MatchString(s) }

func (u *uuid) UnmarshalText(raw []byte) error {
	if !isUUID(string(raw)) {
		return errors.New("not a UUID")
	}
	*u = uuid(strings.ToLower(string(raw)))
	return nil
}
