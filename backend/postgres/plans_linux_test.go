package postgres_test

import (
	"context"
	"strconv"
	"testing"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storetest"
)

// What is read for a page does not grow with what was stored before: the server
// knows nothing of new tables, and joins them badly.
func TestAnImportReadsNoWholeTable(t *testing.T) {
	address := server.Database(t)
	db, err := postgres.Open(t.Context(), postgres.Options{Address: address, Keys: keys})
	must(t, err)
	s := db.Profiles(storetest.Clinic.AccountID, now)
	pass, _, err := s.BeginPass(t.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt})
	must(t, err)
	const pages = 50
	for range 2 {
		for page := range pages {
			var batch []profile.Entry
			for n := range profile.PageSize {
				batch = append(batch, entry(alex(profile.ID(strconv.Itoa(100_000+100*page+n)))))
			}
			save(t, s, pass.ID, batch...)
		}
	}
	db.Close() // then its sessions tell the server what they have read
	c := raw(t, address)
	var ended int64
	eventually(t, "that the sessions have ended", func() bool {
		must(t, c.QueryRow(context.Background(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'telehab'").Scan(&ended))
		return ended == 0
	})
	const stored = 2 * pages * profile.PageSize
	for table, most := range map[string]int64{"client": 10 * stored, "seen": 10 * stored} {
		var read int64
		must(t, c.QueryRow(t.Context(), `SELECT (SELECT coalesce(seq_tup_read, 0) FROM pg_stat_user_tables WHERE relname = $1)
			+ (SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = $1)`, table).Scan(&read))
		t.Logf("%s: %d rows", table, read)
		if read > most {
			t.Errorf("%s: %d rows were read, for %d that were stored", table, read, stored)
		}
	}
}
