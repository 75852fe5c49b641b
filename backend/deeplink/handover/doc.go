// Package handover gives the window to one process and passes it the links of
// the others. It needs only the data directory: a lock file decides who has the
// window, and a folder takes one small file per link.
//
// A file in that folder may come from anyone who can write there. It is a kind
// and digits, and is ignored if it is anything else. At most perSecond files
// are read in any second, so that a flood of links costs the window almost
// nothing.
package handover
