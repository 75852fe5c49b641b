package window

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

// file is what an export is saved as.
type file struct{ what, name, format string }

// save runs an export into a file for this user alone, where the person says.
// It returns the file's path, or "" when the person has cancelled.
func save(ctx context.Context, c *host.Call, t toolkit, export session.Export, password string, f file) (path string, err error) {
	saved, err := export.Run(ctx, password, func() (func([]byte) error, error) {
		name := "telehab-" + f.name + "-" + c.Clinic.Time(ctx).Format(time.DateOnly) + "." + f.format
		if path, err = t.AskWhereToSave("Export "+f.what, name); err != nil || path == "" {
			return nil, err
		}
		return func(content []byte) error {
			if err := atomicfile.Write(path, content, 0o600); err != nil {
				return &profile.Error{Code: profile.Invalid, Cause: errors.New("the file could not be written"),
					Message: "The file could not be saved there. Choose another folder and try again."}
			}
			return nil
		}, nil
	})
	if err != nil || !saved {
		return "", err
	}
	return path, nil
}

// saveSheet saves a call sheet as save does, and shows a page in the browser to
// be printed there. Where no browser opens, the file is there all the same.
func (p *Parts) saveSheet(ctx context.Context, c *host.Call, export session.Export, format, password string) (path string, err error) {
	path, err = save(ctx, c, p.toolkit, export, password, file{"call sheet", "call-sheet", format})
	if err == nil && path != "" && format == "html" {
		if err := p.computer.OpenPage(ctx, path); err != nil {
			logging.Failure(p.page.log, "open a page to print", err)
		}
	}
	return path, err
}
