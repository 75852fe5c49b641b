// Package valdhub reads the profiles of an organisation in VALD Hub, and sends
// profiles to it, through VALD's External Profiles API. It handles the client id
// and secret, the token, the regions, the pace, retries, and the JSON.
//
// VALD publishes no limit of requests, and not what happens where an email or a
// birth date is in use: what is not known is a setting here, or a sentence in
// docs/VALD-HUB.md.
package valdhub
