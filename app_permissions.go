package main

import (
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// needs is what a method of the window asks for: of each group, whoever calls it
// has at least one permission.
type needs [][]staff.Permission

// anyone marks a method that needs nobody to be signed in.
var anyone needs

// anyOf needs one of the permissions.
func anyOf(some ...staff.Permission) needs { return needs{some} }

// allOf needs every one of the permissions.
func allOf(every ...staff.Permission) needs {
	n := needs{}
	for _, each := range every {
		n = append(n, []staff.Permission{each})
	}
	return n
}

// signedIn needs somebody, whatever they may do.
var signedIn = anyOf(staff.AllPermissions...)

// permissions says what each method of the window needs. A method that is not
// here is refused to everybody.
var permissions = map[string]needs{
	// Before anybody is signed in.
	"State": anyone, "Painted": anyone, "Focused": anyone, "Active": anyone, "OpenGuide": anyone,
	"CreateFirstPerson": anyone, "SignIn": anyone, "SignOut": anyone, "ResetStore": anyone, "StartOver": anyone,
	"OpenDemo": anyone, "LeaveDemo": anyone, "Clinics": anyone, "UseClinic": anyone,

	// TeleHab Practitioner.
	"Profiles": anyOf(staff.Practitioner), "Profile": anyOf(staff.Practitioner), "ProfileHistory": anyOf(staff.Practitioner),
	"ProfileIDs": anyOf(staff.Practitioner), "FindName": anyOf(staff.Practitioner),
	"TakeLink": anyOf(staff.Practitioner), "FollowLink": anyOf(staff.Practitioner), "FindPasted": anyOf(staff.Practitioner),
	"RefreshProfile": anyOf(staff.ModifyProfiles),
	"EraseProfile":   anyOf(staff.DeleteProfiles),

	// TeleHab PMS/EMR link.
	"Failures": anyOf(staff.PMSLink), "Syncs": anyOf(staff.PMSLink), "SyncDays": anyOf(staff.PMSLink), "Missing": anyOf(staff.PMSLink),
	"LinkSetup": anyOf(staff.PMSLink), "TestLink": anyOf(staff.PMSLink),
	"Connect": anyOf(staff.CreateLink, staff.ModifyLink), "ConnectSeparately": anyOf(staff.CreateLink),
	"ListPatients": anyOf(staff.ModifyLink), "Listing": anyOf(staff.ModifyLink), "ListingSummary": anyOf(staff.ModifyLink),
	"StartImport": anyOf(staff.ModifyLink), "DiscardListing": anyOf(staff.ModifyLink), "RetryFailure": anyOf(staff.ModifyLink),
	"RepairLink": anyOf(staff.ModifyLink), "SkipButton": anyOf(staff.ModifyLink), "KeepMissing": anyOf(staff.ModifyLink),
	"RemoveMissing": anyOf(staff.DeleteLink), "Disconnect": anyOf(staff.DeleteLink),

	// Both areas.
	"SyncNow": anyOf(staff.ModifyProfiles, staff.ModifyLink), "CancelSync": anyOf(staff.ModifyProfiles, staff.ModifyLink),
	"OpenInCliniko": anyOf(staff.Practitioner, staff.PMSLink), "CopyDetail": anyOf(staff.Practitioner, staff.PMSLink),

	// What takes data out.
	"ExportProfiles": allOf(staff.Export, staff.Practitioner), "ExportSelected": allOf(staff.Export, staff.Practitioner),
	"ExportFailures": allOf(staff.Export, staff.PMSLink),

	// The people of this computer, and what holds for all of them.
	"People": anyOf(staff.ManagePeople), "AddPerson": anyOf(staff.ManagePeople), "ChangePerson": anyOf(staff.ManagePeople),
	"ResetPassword": anyOf(staff.ManagePeople), "Audit": anyOf(staff.ManagePeople),
	"SetIdleMinutes": anyOf(staff.ManagePeople), "Retention": anyOf(staff.ManagePeople), "SetRetention": anyOf(staff.ManagePeople),

	// One's own account and this computer.
	"ChangePassword": signedIn, "Lock": signedIn, "Diagnostics": signedIn, "CopyText": signedIn,
}

// allows checks whether whoever is signed in may use a method.
func (d *desk) allows(method string) error {
	needed, known := permissions[method]
	if !known {
		return profile.Refuse(profile.NotPermitted, "Nobody may do this. Contact support@vald.com.")
	}
	for _, group := range needed {
		if err := d.may(group...); err != nil {
			return err
		}
	}
	return nil
}

// may checks that whoever is signed in has one of the permissions.
func (d *desk) may(needs ...staff.Permission) error {
	d.mu.Lock()
	person := d.person
	d.mu.Unlock()
	if person == nil {
		return profile.Refuse(profile.SignedOut, "Nobody is signed in. Sign in first.")
	}
	if !slices.ContainsFunc(needs, person.May) {
		return profile.Refuse(profile.NotPermitted, "You do not have the permission for this. Ask whoever manages the people in TeleHab at your clinic.")
	}
	return nil
}
