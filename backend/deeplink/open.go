package deeplink

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/launch"
	"telehab.io/desktop/backend/profile"
)

// OpenTest opens a Test link through the operating system, the way that a
// browser does. Without an error the system took the link; that it came back is
// for the caller to see. Other kinds of links are refused, so that nothing from
// outside ever gets here.
func OpenTest(ctx context.Context, link Link) error {
	url := link.URL()
	if link.Kind != Test || Parse(url) != link {
		return errors.New("open a test link: it is none")
	}
	if err := launch.Address(ctx, url); err != nil {
		return &profile.Error{
			Code: SchemeTrouble,
			Message: "This computer did not open the test link. " +
				"Choose Repair and test again; if it stays, contact support@vald.com.",
			Cause: err,
		}
	}
	return nil
}
