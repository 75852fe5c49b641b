package window

import (
	"encoding/json"
	"errors"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
)

// formatError makes the ErrorView that a rejected promise carries. Wails puts
// what it is given into the text of a JavaScript error, so it travels as JSON.
func formatError(err error) any {
	text, marshalErr := json.Marshal(errorView(err))
	if marshalErr != nil {
		return string(profile.CodeOf(err)) // cannot happen: the view is text alone
	}
	return string(text)
}

func errorView(err error) ErrorView {
	view := ErrorView{Code: string(profile.CodeOf(err)), Message: profile.MessageOf(err)}
	var coded *profile.Error
	if errors.As(err, &coded) {
		view.Until = instant(coded.Until)
	}
	view.Wait = int((account.Delay(err) + time.Second - 1) / time.Second)
	return view
}
