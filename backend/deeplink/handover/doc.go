// Package handover makes one process the one with the window, and brings the
// links of the others to it. It needs nothing but the data directory: a lock
// file says who has the window, and a folder takes one small file per link.
//
// What lies in that folder may come from anybody who can write there. A file is
// a kind and digits and nothing else, and is taken for nothing when it is not;
// at most perSecond files are looked at in any second, so a flood of links
// costs the window next to nothing.
package handover
