package syncer_test

import (
	"testing"

	"telehab.io/desktop/backend/cliniko/contract"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// All requests and answers between the engine and a clinic without faults obey
// Cliniko's contract, whatever people do there.
func TestTheEngineAndACleanClinicKeepTheContract(t *testing.T) {
	shares := fakeclinic.HostileShares()
	shares.Hostile = fakeclinic.Hostile{}
	c := newClinicBehind(t, fakeclinic.Options{Seed: 50, Patients: 450, Shares: &shares}, contract.Answers(t))
	c.full()
	ids := activeIDs(c)
	kept := c.local()
	must(t, c.fake.BulkEdit(ids[:150], func(p *fakeclinic.Patient) { p.Title = new("Dr") })) // a crowded second
	must(t, c.fake.Edit(ids[200], func(p *fakeclinic.Patient) { p.DateOfBirth = new("2093-04-05") }))
	must(t, c.fake.Archive(ids[201]))
	must(t, c.fake.Merge(ids[202], ids[203]))
	c.changes()
	for _, id := range ids[210:214] {
		must(t, c.fake.Delete(id))
	}
	c.sync()
	if _, err := c.engine.Open(t.Context(), profile.ID(ids[202])); err != nil {
		t.Error(err)
	}
	if _, err := c.engine.One(t.Context(), profile.ID(ids[210])); profile.CodeOf(err) != profile.NotFound {
		t.Error(err)
	}
	c.equal(kept)
}
