// Package fakehub is a simulated VALD Hub: the part of its External Profiles and
// External Tenants APIs that TeleHab uses. Tests use it instead of a live
// organisation, which nobody here can reach.
//
// A [Hub] is an [http.Handler] that has the token, the tenants and the profiles
// below one address. It can be late, refuse, and lose connections, see
// [Hub.SetFaults] and [Options]; where VALD has not published what happens, an
// option has each answer. Every method is safe for concurrent use, and the same
// calls give the same ids.
//
// All people in it are fictitious.
package fakehub
