package profile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"telehab.io/desktop/backend/profile"
)

func TestErrors(t *testing.T) {
	cause := errors.New("disk 4711")
	plain := &profile.Error{Code: "store_full", Message: "Free some space."}
	caused := &profile.Error{Code: "store_full", Message: "Free some space.", Cause: cause}
	const general = "Something went wrong inside TeleHab. Try again; if that does not help, write to TeleHab's support, support@vald.com."
	for _, test := range []struct {
		err                 error
		text, code, message string
	}{
		{plain, "store_full: Free some space.", "store_full", "Free some space."},
		{caused, "store_full: disk 4711", "store_full", "Free some space."},
		{fmt.Errorf("save: %w", caused), "save: store_full: disk 4711", "store_full", "Free some space."},
		{fmt.Errorf("save: %w", errors.Join(cause, plain)), "save: disk 4711\nstore_full: Free some space.", "store_full", "Free some space."},
		{context.Canceled, "context canceled", "cancelled", "It was cancelled. What was already saved stays saved."},
		{fmt.Errorf("read: %w", context.Canceled), "read: context canceled", "cancelled", "It was cancelled. What was already saved stays saved."},
		{context.DeadlineExceeded, "context deadline exceeded", "timed_out", "It took too long. Try again in a moment."},
		{&profile.Error{Code: "offline", Message: "No network.", Cause: context.Canceled}, "offline: context canceled", "offline", "No network."},
		{cause, "disk 4711", "internal", general},
		{profile.Refuse("invalid", "Use less than 100 %d."), "invalid: Use less than 100 %d.", "invalid", "Use less than 100 %d."},
		{profile.Errorf("invalid", "Use %d at %s.", 7, "most"), "invalid: Use 7 at most.", "invalid", "Use 7 at most."},
	} {
		if test.err.Error() != test.text || string(profile.CodeOf(test.err)) != test.code || profile.MessageOf(test.err) != test.message {
			t.Errorf("%v: %s, %q", test.err, profile.CodeOf(test.err), profile.MessageOf(test.err))
		}
	}
	if profile.CodeOf(nil) != "" || profile.MessageOf(nil) != "" {
		t.Errorf("of no error: %q, %q", profile.CodeOf(nil), profile.MessageOf(nil))
	}
	if !errors.Is(caused, cause) || errors.Is(plain, cause) {
		t.Error("the cause is not the one that was given")
	}
}
