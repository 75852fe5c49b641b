package syncer

// Notice is something that a pass had to work around, for the log. Its texts
// are stable.
type Notice string

// The notices.
const (
	// OrderIgnored: Cliniko did not return a list in the order asked for, so
	// all patients were read in the order of their creation instead.
	OrderIgnored Notice = "order_ignored"
	// IDsIgnored: Cliniko ignored a filter on ids, so patients were read one by
	// one, or a whole second page by page.
	IDsIgnored Notice = "ids_ignored"
	// CountDiffers: Cliniko's count differs from the store's, so a full pass
	// follows.
	CountDiffers Notice = "count_differs"
	// CountUnexplained: the counts still differ after a full pass that proved
	// that no patient is missing.
	CountUnexplained Notice = "count_unexplained"
	// ClocksDiffer: Cliniko's clock and this computer's disagree about how much
	// time has passed, so nothing is erased because of its age until they agree
	// or Cliniko's clock has been consistent for a day.
	ClocksDiffer Notice = "clocks_differ"
)
