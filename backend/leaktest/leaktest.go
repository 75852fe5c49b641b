// Package leaktest stores the files that the app writes in a test, with the
// values that must not be in them. With go test -artifacts,
// frontend/e2e/leaks.test.mjs searches them after the run.
package leaktest

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// secrets are what no file may contain: patients, with the field names of
// Cliniko's API, keys and passwords.
type secrets struct {
	People []person `json:"people"`
	Keys   []string `json:"keys"`
}

type person struct {
	FirstName     *string    `json:"first_name"`
	PreferredName *string    `json:"preferred_first_name"`
	LastName      *string    `json:"last_name"`
	DateOfBirth   *string    `json:"date_of_birth"`
	Email         *string    `json:"email"`
	Phones        []phone    `json:"patient_phone_numbers"`
	Address       *string    `json:"address_1"`
	Medicare      *string    `json:"medicare"`
	Notes         *string    `json:"notes"`
	CreatedAt     time.Time  `json:"created_at"`
	UpdatedAt     time.Time  `json:"updated_at"`
	ArchivedAt    *time.Time `json:"archived_at"`
	MergedAt      *time.Time `json:"merged_at"`
}

type phone struct {
	Number string `json:"number"`
}

// Dir returns an empty folder for the app's files. They must not contain the
// passwords, nor any patient that the clinic has now or at the end of the test.
func Dir(t testing.TB, clinic *fakeclinic.Clinic, passwords ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.ArtifactDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	before := peopleOf(clinic)
	t.Cleanup(func() {
		content, err := json.Marshal(secrets{append(before, peopleOf(clinic)...), append(passwords, clinic.Key())})
		if err == nil {
			err = os.WriteFile(dir+".secrets.json", content, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	})
	return dir
}

func peopleOf(clinic *fakeclinic.Clinic) []person {
	patients := clinic.Patients()
	people := make([]person, len(patients))
	for i := range patients {
		p := &patients[i]
		people[i] = person{p.FirstName, p.PreferredFirstName, p.LastName, p.DateOfBirth, p.Email, nil, p.Address1, p.Medicare, p.Notes,
			p.CreatedAt, p.UpdatedAt, p.ArchivedAt, p.MergedAt}
		for _, number := range p.Phones {
			people[i].Phones = append(people[i].Phones, phone{number.Number})
		}
	}
	return people
}
