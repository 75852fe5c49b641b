package session

import "telehab.io/desktop/backend/staff"

// Who may do what, in the window and in a terminal alike.
var (
	// TeleHab Practitioner: profiles.
	MayViewProfiles   = AllOf(staff.Practitioner)
	MayCreateProfiles = AllOf(staff.CreateProfiles)
	MayModifyProfiles = AllOf(staff.ModifyProfiles)
	MayEraseProfiles  = AllOf(staff.DeleteProfiles)

	// TeleHab PMS/EMR link: Software integration. MayConnect is the least that
	// Connect may need; Connect decides which.
	MayViewLink          = AllOf(staff.PMSLink)
	MayConnect           = AnyOf(staff.CreateLink, staff.ModifyLink)
	MayConnectSeparately = AllOf(staff.CreateLink)
	MayModifyLink        = AllOf(staff.ModifyLink)
	MayDisconnect        = AllOf(staff.DeleteLink)
	MayRemoveMissing     = AllOf(staff.DeleteLink)

	// VALD Hub, which a person connects as the clinic. Comparing shows who the
	// clients are; written to a file or for a program, it takes them out.
	MayConnectHub       = AllOf(staff.CreateLink)
	MayReplaceHub       = AllOf(staff.ModifyLink)
	MayCompareHub       = AllOf(staff.PMSLink, staff.Practitioner)
	MayExportComparison = AllOf(staff.Export).and(MayCompareHub)
	MayDisconnectHub    = AllOf(staff.DeleteLink)
	MaySetSending       = AllOf(staff.CreateLink) // it decides what leaves the clinic
	MaySend             = AllOf(staff.ModifyLink)
	MayDecideMatch      = AllOf(staff.ModifyLink, staff.Practitioner)

	// Both areas.
	MaySync        = AnyOf(staff.ModifyProfiles, staff.ModifyLink)
	MayViewClients = AnyOf(staff.Practitioner, staff.PMSLink)
	MayViewToday   = MayViewClients // less of it for whoever may not MayViewProfiles

	// What takes data out. Whoever sees a client may export what they see.
	MayExportProfiles  = AllOf(staff.Export, staff.Practitioner)
	MayExportAttention = AllOf(staff.Export).and(MayViewClients)

	// The people of this computer, and what is set for all of them.
	MayManagePeople   = AllOf(staff.ManagePeople)
	MayChangeSecurity = AllOf(staff.ManagePeople)

	// The computers that share the clinic. A code has the key to everything.
	MayViewComputers   = AllOf(staff.ManagePeople)
	MayChangeComputers = AllOf(staff.AllPermissions...)
)
