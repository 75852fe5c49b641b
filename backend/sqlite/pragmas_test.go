package sqlite

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"
)

// Deleted rows are overwritten, sorting uses no files, and read connections
// cannot write.
func TestPragmas(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "telehab.db"), bytes.Repeat([]byte{1}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for name, connection := range map[string]*sql.DB{"write": db.write, "read": db.read} {
		for pragma, want := range map[string]int{"secure_delete": 1, "temp_store": 2, "foreign_keys": 1} {
			var got int
			if err := connection.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s of the connection to %s: %d, %v", pragma, name, got, err)
			}
		}
	}
	if _, err := db.read.ExecContext(t.Context(), "DELETE FROM store"); err == nil {
		t.Error("the connection to read has written")
	}
}
