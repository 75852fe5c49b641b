package fakeclinic

import (
	"fmt"
	"strconv"
	"time"
)

// Len is the number of patients, archived and merged ones included.
func (c *Clinic) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.roster.people)
}

// Patients returns all patients, archived and merged ones included, in the
// order of their creation.
func (c *Clinic) Patients() []Patient {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.roster.snapshot()
}

// IDs returns the ids of all patients, in the order of [Clinic.Patients].
func (c *Clinic) IDs() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	order := c.roster.order(byCreated, everyone)
	ids := make([]string, len(order))
	for i, person := range order {
		ids[i] = person.patient.ID
	}
	return ids
}

// Get returns one patient.
func (c *Clinic) Get(id string) (Patient, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	person, known := c.roster.people[id]
	if !known {
		return Patient{}, false
	}
	return person.patient.clone(), true
}

// stamp is the time of a change made now: in whole seconds, as Cliniko's.
func (c *Clinic) stamp() time.Time { return c.now().UTC().Truncate(time.Second) }

// Create adds a patient and returns the id. It fills in an empty ID and zero
// times.
func (c *Clinic) Create(p Patient) (string, error) {
	now := c.stamp()
	if p.CreatedAt.IsZero() {
		p.CreatedAt = now
	}
	if p.UpdatedAt.IsZero() {
		p.UpdatedAt = p.CreatedAt
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.ID == "" {
		p.ID = strconv.FormatUint(max(c.roster.highest, firstLongID)+1+c.ids.Uint64N(1000), 10)
	}
	if _, taken := c.roster.people[p.ID]; taken {
		return "", fmt.Errorf("create patient %s: the id is taken", p.ID)
	}
	person, err := newRecord(p.clone())
	if err != nil {
		return "", fmt.Errorf("create patient: %w", err)
	}
	c.roster.put(person)
	return p.ID, nil
}

// Put stores a patient exactly as given, times included, replacing any with
// that id.
func (c *Clinic) Put(p Patient) error {
	person, err := newRecord(p.clone())
	if err != nil {
		return fmt.Errorf("put patient: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.roster.put(person)
	return nil
}

// Edit changes a patient as a person in the clinic would, which sets
// updated_at. It undoes changes to the id, CreatedAt and UpdatedAt. change must
// not call the clinic.
func (c *Clinic) Edit(id string, change func(*Patient)) error {
	return c.edit("edit", []string{id}, true, change)
}

// BulkEdit edits many patients at once: all get the same updated_at.
func (c *Clinic) BulkEdit(ids []string, change func(*Patient)) error {
	return c.edit("bulk edit", ids, true, change)
}

// Archive hides a patient from lists. See Options.ArchiveBumps for the effect
// on updated_at.
func (c *Clinic) Archive(id string) error {
	now := c.stamp()
	return c.edit("archive", []string{id}, c.options.ArchiveBumps, func(p *Patient) { p.ArchivedAt = &now })
}

// Unarchive undoes Archive.
func (c *Clinic) Unarchive(id string) error {
	return c.edit("unarchive", []string{id}, c.options.ArchiveBumps, func(p *Patient) { p.ArchivedAt = nil })
}

// Merge archives a duplicate and links it to the surviving patient, who is not
// changed.
func (c *Clinic) Merge(duplicate, survivor string) error {
	if _, known := c.Get(survivor); !known {
		return fmt.Errorf("merge patient %s into %s: %w", duplicate, survivor, ErrUnknownPatient)
	}
	now := c.stamp()
	return c.edit("merge", []string{duplicate}, c.options.ArchiveBumps, func(p *Patient) {
		p.ArchivedAt, p.MergedAt, p.MergedWith = &now, new(now), survivor
	})
}

// Delete removes a patient permanently, as an administrator can, without a
// trace.
func (c *Clinic) Delete(id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.roster.people[id]; !known {
		return fmt.Errorf("delete patient %s: %w", id, ErrUnknownPatient)
	}
	c.roster.remove(id)
	return nil
}

// edit changes all of the patients or, if one is unknown, none.
func (c *Clinic) edit(what string, ids []string, bump bool, change func(*Patient)) error {
	now := c.stamp()
	c.mu.Lock()
	defer c.mu.Unlock()
	edited := make([]*record, 0, len(ids))
	for _, id := range ids {
		before, known := c.roster.people[id]
		if !known {
			return fmt.Errorf("%s patient %s: %w", what, id, ErrUnknownPatient)
		}
		after := before.patient.clone()
		change(&after)
		after = after.clone() // change may have set pointers that its caller still uses
		after.ID, after.CreatedAt, after.UpdatedAt = id, before.patient.CreatedAt, before.patient.UpdatedAt
		if bump {
			after.UpdatedAt = now
		}
		person, err := newRecord(after)
		if err != nil {
			return fmt.Errorf("%s patient: %w", what, err)
		}
		edited = append(edited, person)
	}
	c.roster.putAll(edited)
	return nil
}
