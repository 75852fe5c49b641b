package main

import (
	"slices"

	"telehab.io/desktop/backend/profile"
)

// open marks a method that needs nobody to be signed in.
var open []profile.Permission

// permissions says what each method of the window needs: any one of the
// permissions opens it. A method that is not here is refused to everybody.
var permissions = map[string][]profile.Permission{
	// Before anybody is signed in.
	"State": open, "Painted": open, "Focused": open, "Active": open, "OpenGuide": open,
	"CreateFirstPerson": open, "SignIn": open, "SignOut": open, "ResetStore": open, "StartOver": open,
	"OpenDemo": open, "LeaveDemo": open, "Clinics": open, "UseClinic": open,

	// TeleHab Practitioner.
	"Profiles": {profile.Practitioner}, "Profile": {profile.Practitioner}, "ProfileHistory": {profile.Practitioner},
	"ProfileIDs": {profile.Practitioner}, "FindName": {profile.Practitioner},
	"TakeLink": {profile.Practitioner}, "FollowLink": {profile.Practitioner}, "FindPasted": {profile.Practitioner},
	"RefreshProfile": {profile.ModifyProfiles},
	"EraseProfile":   {profile.DeleteProfiles},

	// TeleHab PMS/EMR link.
	"Failures": {profile.PMSLink}, "ExportFailures": {profile.PMSLink}, "Syncs": {profile.PMSLink}, "SyncDays": {profile.PMSLink}, "Missing": {profile.PMSLink},
	"LinkSetup": {profile.PMSLink}, "TestLink": {profile.PMSLink}, "Retention": {profile.PMSLink},
	"Connect": {profile.CreateLink, profile.ModifyLink}, "ConnectSeparately": {profile.CreateLink},
	"ListPatients": {profile.ModifyLink}, "Listing": {profile.ModifyLink}, "ListingSummary": {profile.ModifyLink},
	"StartImport": {profile.ModifyLink}, "DiscardListing": {profile.ModifyLink}, "RetryFailure": {profile.ModifyLink},
	"RepairLink": {profile.ModifyLink}, "SkipButton": {profile.ModifyLink}, "KeepMissing": {profile.ModifyLink}, "SetRetention": {profile.ModifyLink},
	"RemoveMissing": {profile.DeleteLink}, "Disconnect": {profile.DeleteLink},

	// Both areas.
	"SyncNow": {profile.ModifyProfiles, profile.ModifyLink}, "CancelSync": {profile.ModifyProfiles, profile.ModifyLink},
	"OpenInCliniko": {profile.Practitioner, profile.PMSLink}, "CopyText": profile.AllPermissions,
	"CopyDetail": {profile.Practitioner, profile.PMSLink},

	// The people of this computer, and one's own account.
	"People": {profile.ManagePeople}, "AddPerson": {profile.ManagePeople}, "ChangePerson": {profile.ManagePeople},
	"ResetPassword": {profile.ManagePeople}, "Audit": {profile.ManagePeople},
	"ChangePassword": profile.AllPermissions, "Lock": profile.AllPermissions, "SetIdleMinutes": profile.AllPermissions,
	"Diagnostics": profile.AllPermissions, "ExportProfiles": {profile.Practitioner}, "ExportSelected": {profile.Practitioner},
}

// allows checks whether whoever is signed in may use a method.
func (d *desk) allows(method string) error {
	needs, known := permissions[method]
	switch {
	case !known:
		return profile.Errorf(profile.NotPermitted, "Nobody may do this. Contact support@vald.com.")
	case len(needs) == 0:
		return nil
	}
	return d.may(needs...)
}

// may checks that whoever is signed in has one of the permissions.
func (d *desk) may(needs ...profile.Permission) error {
	d.mu.Lock()
	person := d.person
	d.mu.Unlock()
	if person == nil {
		return profile.Errorf(profile.SignedOut, "Nobody is signed in. Sign in first.")
	}
	if !slices.ContainsFunc(needs, person.May) {
		return profile.Errorf(profile.NotPermitted, "You do not have the permission for this. Ask whoever manages the people in TeleHab at your clinic.")
	}
	return nil
}
