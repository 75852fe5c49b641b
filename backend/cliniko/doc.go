// Package cliniko reads a clinic's patients through Cliniko's REST API. It
// handles the key and its shard, the request limit, retries, and the JSON of a
// patient. It never writes to Cliniko.
//
// Facts about the API from other sources than Cliniko's documentation are
// marked where they are used.
package cliniko
