// Package hubsend sends clients to VALD Hub, one by one, from the outbox that the
// store keeps (profile.DeliveryStore). It may be killed at any moment: before each
// import the outbox says that it is about to be sent, and whatever it then does
// not know it reads in VALD Hub before it sends anything again.
//
// Nobody is created over somebody who is likely there already, nobody is linked
// without a person's decision or the client's own sync ID, and nothing is ever
// merged or deleted.
package hubsend
