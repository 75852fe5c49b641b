package command

import (
	"io"

	"telehab.io/desktop/backend/profile"
)

// output is standard output. It remembers that something could not be written:
// not every print is looked after, and what is printed in part must not count
// as good.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(text []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.to.Write(text)
	if err != nil {
		o.err = &profile.Error{Code: profile.Invalid, Cause: err,
			Message: "The output could not be written, so it is not complete. Check that the disk it goes to has room, then try again."}
	}
	return n, o.err
}
