package postgres_test

import (
	"strconv"
	"testing"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storetest"
)

// A client takes little of the database's disk, indexes included: a kilobyte or
// so, also once every row was written again, when the room of the rows before is
// free.
func TestBytesOfAClient(t *testing.T) {
	address := server.Database(t)
	s := openStore(t, postgres.Options{Address: address}).Profiles(storetest.Clinic.AccountID, now)
	c := raw(t, address)
	const clients = 4000
	for _, most := range []int64{900, 1800} {
		for first := 0; first < clients; first += profile.PageSize {
			var batch []profile.Entry
			for n := range profile.PageSize {
				batch = append(batch, entry(alex(profile.ID(strconv.Itoa(836447129235000000+first+n)))))
			}
			save(t, s, 0, batch...)
		}
		_, err := c.Exec(t.Context(), "VACUUM client") // as the server does by itself in time
		must(t, err)
		var size int64
		must(t, c.QueryRow(t.Context(), "SELECT pg_total_relation_size('client')").Scan(&size))
		t.Logf("%d bytes a client", size/clients)
		if size/clients > most {
			t.Errorf("%d bytes a client", size/clients)
		}
	}
}
