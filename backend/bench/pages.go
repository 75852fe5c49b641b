package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// pages are a clinic's answers, stored as received. As a profile.Source they
// cost only the decoding.
type pages struct {
	clinic   profile.Clinic
	bodies   [][]byte
	patients int
	asked    atomic.Int64
}

// fetchPages reads all pages of a simulated clinic once.
func fetchPages(ctx context.Context, patients int) (*pages, error) {
	_, server, err := start(fakeclinic.Options{Patients: patients})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	key, err := cliniko.ParseKey(server.Key())
	if err != nil {
		return nil, err
	}
	client, err := cliniko.New(key, cliniko.Options{BaseURL: server.URL()})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	p := &pages{patients: patients}
	if p.clinic, err = client.Clinic(ctx); err != nil {
		return nil, err
	}
	for page := range (patients + profile.PageSize - 1) / profile.PageSize {
		var body bytes.Buffer
		if err := ask(ctx, http.DefaultClient, server.URL()+everybody+"&page="+strconv.Itoa(page+1), server.Key(), &body); err != nil {
			return nil, err
		}
		p.bodies = append(p.bodies, bytes.Clone(body.Bytes()))
	}
	return p, nil
}

func (p *pages) Clinic(context.Context) (profile.Clinic, error) { return p.clinic, nil }

// Patients returns the page with this number, and none by time: no patient is
// new.
func (p *pages) Patients(_ context.Context, q profile.Query) (profile.Page, error) {
	p.asked.Add(1)
	now := time.Now().UTC().Truncate(time.Second)
	if !q.CreatedFrom.IsZero() {
		return profile.Page{Date: now}, nil
	}
	page, err := cliniko.DecodePage(p.bodies[max(q.Number, 1)-1])
	page.Date = now
	return page, err
}

func (p *pages) Patient(context.Context, profile.ID) (profile.Page, error) {
	return profile.Page{}, errors.New("these pages are only read as a whole")
}

func (p *pages) Requests() int { return int(p.asked.Load()) }
