// Package fakeclinic is a simulated Cliniko: the part of its REST API that a one-way client list needs, and a page for
// each patient where the demo can correct details and open the patient in TeleHab. Tests, benchmarks and the demo use it
// in place of a live account.
//
// A [Clinic] is an [http.Handler]. Everything below /v1 behaves as the API reference says, with the API key as the user
// name of HTTP Basic; /patients/{id} outside /v1 is the web page that people would see in Cliniko. Its "Open in" menu
// sends the browser to a [PatientApp] as Cliniko does, and TeleHab's bridge page is served at [BridgePath]. [Clinic.Start]
// puts it all on a loopback address and refuses any other.
//
// A clinic can be changed while it is being read, by [Clinic.Edit] and its siblings, and told to misbehave, by
// [Clinic.SetFaults]. Every method is safe for concurrent use. The same options give the same clinic every time: nothing
// depends on the machine, and on the time only what is changed after [New].
//
// All people in it are invented. Their addresses end in example.com, example.org or example.net, and their numbers lie in
// the ranges that are set aside for fiction.
package fakeclinic
