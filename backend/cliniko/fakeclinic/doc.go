// Package fakeclinic is a simulated Cliniko: the part of its REST API that a
// one-way sync of clients needs, and a web page for each patient where the demo
// can correct details and open the patient in TeleHab. Tests, benchmarks and
// the demo use it instead of a live account.
//
// A [Clinic] is an [http.Handler]. Everything below /v1 behaves as the API
// reference says, with the API key as the user name of HTTP Basic;
// /patients/{id} outside /v1 is the web page that people would see in Cliniko.
// Its "Open in" menu sends the browser to a [PatientApp] as Cliniko does, and
// TeleHab's bridge page is served at [BridgePath]. [Clinic.Start] serves all of
// it on a loopback address and refuses any other.
//
// A clinic can be changed while it is being read, by [Clinic.Edit] and similar
// methods, and made to misbehave, by [Clinic.SetFaults]. Every method is safe
// for concurrent use. The same options create the same clinic every time:
// nothing depends on the machine, and only changes after [New] depend on the
// time.
//
// All people in it are fictitious. Their email addresses end in example.com,
// example.org or example.net, and their phone numbers are from ranges reserved
// for fiction.
package fakeclinic
