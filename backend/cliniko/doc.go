// Package cliniko reads a clinic's patients through Cliniko's REST API: it
// knows the key and its shard, the request limit, which errors pass by
// themselves, and how a patient is written in JSON. It never writes to Cliniko.
//
// Facts about the API that are not from Cliniko's own documentation are marked
// where they are used.
package cliniko
