package deeplink

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/launch"
	"telehab.io/desktop/backend/profile"
)

// OpenTest opens a Test link through the operating system, as a browser does.
// If it succeeds, the system accepted the link; the caller has to see whether
// it comes back. Other kinds of links are refused, so that a link from outside
// is never opened.
func OpenTest(ctx context.Context, link Link) error {
	url := link.URL()
	if link.Kind != Test || Parse(url) != link {
		return errors.New("open a test link: it is none")
	}
	if err := launch.Address(ctx, url); err != nil {
		return &profile.Error{
			Code: SchemeTrouble,
			Message: "This computer did not open the test link. " +
				"Choose Repair and test again; if that does not help, write to TeleHab's support, support@vald.com.",
			Cause: err,
		}
	}
	return nil
}
