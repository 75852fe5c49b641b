package sqlite

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"telehab.io/desktop/backend/profile"
)

func TestAFullDiskIsSaid(t *testing.T) {
	for _, c := range []struct {
		result sqlite3.Error
		want   profile.Code
	}{
		{sqlite3.Error{Code: sqlite3.ErrFull}, profile.StoreFull},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, profile.StoreFull},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EDQUOT}, profile.StoreFull},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}, profile.StoreUnreadable},
		{sqlite3.Error{Code: sqlite3.ErrIoErr}, profile.StoreUnreadable},
		{sqlite3.Error{Code: sqlite3.ErrBusy, SystemErrno: syscall.ENOSPC}, profile.StoreBusy},
	} {
		if got := profile.CodeOf(coded(fmt.Errorf("write: %w", c.result))); got != c.want {
			t.Errorf("%v: %q, want %q", c.result, got, c.want)
		}
	}
}
