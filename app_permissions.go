package main

import (
	"slices"

	"telehab.io/desktop/backend/profile"
)

// needs is what a method of the window asks for: of each group, whoever calls it
// has at least one permission.
type needs [][]profile.Permission

// anyone marks a method that needs nobody to be signed in.
var anyone needs

// anyOf needs one of the permissions.
func anyOf(some ...profile.Permission) needs { return needs{some} }

// allOf needs every one of the permissions.
func allOf(every ...profile.Permission) needs {
	n := needs{}
	for _, each := range every {
		n = append(n, []profile.Permission{each})
	}
	return n
}

// signedIn needs somebody, whatever they may do.
var signedIn = anyOf(profile.AllPermissions...)

// permissions says what each method of the window needs. A method that is not
// here is refused to everybody.
var permissions = map[string]needs{
	// Before anybody is signed in.
	"State": anyone, "Painted": anyone, "Focused": anyone, "Active": anyone, "OpenGuide": anyone,
	"CreateFirstPerson": anyone, "SignIn": anyone, "SignOut": anyone, "ResetStore": anyone, "StartOver": anyone,
	"OpenDemo": anyone, "LeaveDemo": anyone, "Clinics": anyone, "UseClinic": anyone,

	// TeleHab Practitioner.
	"Profiles": anyOf(profile.Practitioner), "Profile": anyOf(profile.Practitioner), "ProfileHistory": anyOf(profile.Practitioner),
	"ProfileIDs": anyOf(profile.Practitioner), "FindName": anyOf(profile.Practitioner),
	"TakeLink": anyOf(profile.Practitioner), "FollowLink": anyOf(profile.Practitioner), "FindPasted": anyOf(profile.Practitioner),
	"RefreshProfile": anyOf(profile.ModifyProfiles),
	"EraseProfile":   anyOf(profile.DeleteProfiles),

	// TeleHab PMS/EMR link.
	"Failures": anyOf(profile.PMSLink), "Syncs": anyOf(profile.PMSLink), "SyncDays": anyOf(profile.PMSLink), "Missing": anyOf(profile.PMSLink),
	"LinkSetup": anyOf(profile.PMSLink), "TestLink": anyOf(profile.PMSLink),
	"Connect": anyOf(profile.CreateLink, profile.ModifyLink), "ConnectSeparately": anyOf(profile.CreateLink),
	"ListPatients": anyOf(profile.ModifyLink), "Listing": anyOf(profile.ModifyLink), "ListingSummary": anyOf(profile.ModifyLink),
	"StartImport": anyOf(profile.ModifyLink), "DiscardListing": anyOf(profile.ModifyLink), "RetryFailure": anyOf(profile.ModifyLink),
	"RepairLink": anyOf(profile.ModifyLink), "SkipButton": anyOf(profile.ModifyLink), "KeepMissing": anyOf(profile.ModifyLink),
	"RemoveMissing": anyOf(profile.DeleteLink), "Disconnect": anyOf(profile.DeleteLink),

	// Both areas.
	"SyncNow": anyOf(profile.ModifyProfiles, profile.ModifyLink), "CancelSync": anyOf(profile.ModifyProfiles, profile.ModifyLink),
	"OpenInCliniko": anyOf(profile.Practitioner, profile.PMSLink), "CopyDetail": anyOf(profile.Practitioner, profile.PMSLink),

	// What takes data out.
	"ExportProfiles": allOf(profile.Export, profile.Practitioner), "ExportSelected": allOf(profile.Export, profile.Practitioner),
	"ExportFailures": allOf(profile.Export, profile.PMSLink),

	// The people of this computer, and what holds for all of them.
	"People": anyOf(profile.ManagePeople), "AddPerson": anyOf(profile.ManagePeople), "ChangePerson": anyOf(profile.ManagePeople),
	"ResetPassword": anyOf(profile.ManagePeople), "Audit": anyOf(profile.ManagePeople),
	"SetIdleMinutes": anyOf(profile.ManagePeople), "Retention": anyOf(profile.ManagePeople), "SetRetention": anyOf(profile.ManagePeople),

	// One's own account and this computer.
	"ChangePassword": signedIn, "Lock": signedIn, "Diagnostics": signedIn, "CopyText": signedIn,
}

// allows checks whether whoever is signed in may use a method.
func (d *desk) allows(method string) error {
	needed, known := permissions[method]
	if !known {
		return profile.Errorf(profile.NotPermitted, "Nobody may do this. Contact support@vald.com.")
	}
	for _, group := range needed {
		if err := d.may(group...); err != nil {
			return err
		}
	}
	return nil
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
