package postgres

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/seal"
)

// The states of a client's row that are no profile's.
const (
	stateNone   = "none"   // a failure alone
	stateErased = "erased" // nothing
)

// row is a client's row.
type row struct {
	hash    []byte
	state   string
	head    []byte
	details []byte
	tag     []byte // of details, where those were not read
	failure []byte
}

// rowColumns is the order in which scanRow reads.
const rowColumns = "c.ref, c.state, c.head, c.details, c.failure"

func scanRow(from pgx.CollectableRow) (r row, err error) {
	err = from.Scan(&r.hash, &r.state, &r.head, &r.details, &r.failure)
	r.tag = seal.Tag(r.details)
	return r, err
}

// head is what a profile's row has besides the details. It is sealed, and
// authenticates the state in clear and the details beside it.
type head struct {
	ref         string
	profile     profile.Profile // without details
	readAt      time.Time
	fingerprint []byte // empty: no reading is the same
	tag         []byte // of the details
}

func (h *head) times() []*time.Time {
	p := &h.profile
	return []*time.Time{&p.CreatedAt, &p.UpdatedAt, &p.ArchivedAt, &p.AddedAt, &p.SyncedAt, &p.DeletedAt, &h.readAt}
}

func (h *head) texts() [][]byte {
	return [][]byte{[]byte(h.ref), []byte(h.profile.ID), []byte(h.profile.State), []byte(h.profile.MergedInto), h.fingerprint, h.tag}
}

// encode writes texts with their lengths, then times as microseconds.
func (h *head) encode() []byte {
	out := make([]byte, 0, 160)
	for _, text := range h.texts() {
		out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
	}
	for _, t := range h.times() {
		if t.IsZero() {
			out = append(out, 0)
			continue
		}
		out = binary.AppendVarint(append(out, 1), t.UnixMicro())
	}
	return out
}

var errHead = errors.New("the head of a row is not complete")

func decodeHead(in []byte) (h head, err error) {
	var texts [6][]byte
	for i := range texts {
		length, size := binary.Uvarint(in)
		if size <= 0 || length > uint64(len(in)-size) { // #nosec G115 -- size is at most the length of in
			return h, errHead
		}
		texts[i], in = in[size:size+int(length)], in[size+int(length):] // #nosec G115 -- so is length
	}
	h.ref, h.fingerprint, h.tag = string(texts[0]), texts[4], texts[5]
	h.profile.ID, h.profile.State, h.profile.MergedInto = profile.ID(texts[1]), profile.State(texts[2]), profile.ID(texts[3])
	for _, t := range h.times() {
		if len(in) == 0 {
			return h, errHead
		}
		set := in[0] != 0
		if in = in[1:]; !set {
			continue
		}
		micro, size := binary.Varint(in)
		if size <= 0 {
			return h, errHead
		}
		*t, in = time.UnixMicro(micro).UTC(), in[size:]
	}
	return h, nil
}

// errChanged says that the parts of a row do not belong together.
var errChanged = errors.New("a client's row was changed")

// openHead opens the head of a row that has a profile.
func (s *Profiles) openHead(r *row) (head, error) {
	plain, err := s.db.keys.open(r.head, clientRow(s.account, r.hash, "head"))
	if err != nil {
		return head{}, err
	}
	h, err := decodeHead(plain)
	if err == nil && (string(h.profile.State) != r.state || !bytes.Equal(h.tag, r.tag)) {
		err = errChanged
	}
	return h, err
}

func (s *Profiles) sealHead(hash []byte, h *head) []byte {
	return s.db.keys.seal(h.encode(), clientRow(s.account, hash, "head"))
}

// details is the content of that column: profile.Details without its methods,
// which would redact it.
type details profile.Details

func (s *Profiles) openDetails(r *row) (profile.Details, error) {
	plain, err := s.db.keys.open(r.details, clientRow(s.account, r.hash, "details"))
	if err != nil {
		return profile.Details{}, err
	}
	var d details
	if json.Unmarshal(plain, &d) != nil {
		return profile.Details{}, errors.New("read a profile's details")
	}
	return profile.Details(d), nil
}

// sealedDetails are the details of one profile, sealed.
type sealedDetails struct{ sealed, fingerprint []byte }

func (s *Profiles) sealDetails(hash []byte, p *profile.Profile) (sealedDetails, error) {
	plain, err := json.Marshal(details(p.Details))
	if err != nil {
		return sealedDetails{}, fmt.Errorf("write a profile's details: %w", err)
	}
	return sealedDetails{
		sealed:      s.db.keys.seal(plain, clientRow(s.account, hash, "details")),
		fingerprint: s.db.keys.index.Hash([]byte("fingerprint"), plain, fmt.Appendf(nil, "%s %d %s", p.State, p.ArchivedAt.UnixMicro(), p.MergedInto)),
	}, nil
}

// failed is the content of the column of failures.
type failed struct {
	Ref      string
	Code     profile.FailureCode
	Problems []profile.Problem
	First    int64
	Last     int64
	Attempts int
}

func (s *Profiles) sealFailure(hash []byte, f *profile.Failure) ([]byte, error) {
	plain, err := json.Marshal(failed{f.Ref, f.Code, f.Problems, f.FirstFailedAt.UnixMicro(), f.LastFailedAt.UnixMicro(), f.Attempts})
	if err != nil {
		return nil, fmt.Errorf("write a failure: %w", err)
	}
	return s.db.keys.seal(plain, clientRow(s.account, hash, "failure")), nil
}

// openFailure returns the failure of a row, or nil if it has none.
func (s *Profiles) openFailure(r *row) (*profile.Failure, error) {
	if r.failure == nil {
		return nil, nil
	}
	plain, err := s.db.keys.open(r.failure, clientRow(s.account, r.hash, "failure"))
	if err != nil {
		return nil, err
	}
	var in failed
	if json.Unmarshal(plain, &in) != nil {
		return nil, errors.New("read a failure")
	}
	f := &profile.Failure{Ref: in.Ref, Code: in.Code, Problems: in.Problems, Attempts: in.Attempts,
		FirstFailedAt: time.UnixMicro(in.First).UTC(), LastFailedAt: time.UnixMicro(in.Last).UTC()}
	if len(f.Problems) == 0 {
		f.Problems = nil
	}
	f.ID, _ = profile.ParseID(in.Ref)
	return f, nil
}

// hasProfile says that the row is not of a failure alone, or of nobody.
func (r *row) hasProfile() bool { return r.state != stateNone && r.state != stateErased }

// open returns what a row has of a client. The ref of one that does not open is
// the row's own, unless a part of it does.
func (s *Profiles) open(r *row) (e profile.Entry, err error) {
	e.Ref = unnamed + hex.EncodeToString(r.hash)
	failure, failureErr := s.openFailure(r)
	if failure != nil {
		e.Ref, e.Failure = failure.Ref, failure
	}
	if !r.hasProfile() {
		if failure == nil {
			return e, damaged(errors.Join(failureErr, errChanged))
		}
		e.Profile.ID, e.Profile.State = failure.ID, profile.Active
		return e, nil
	}
	h, err := s.openHead(r)
	if err != nil {
		return e, damaged(err)
	}
	e.Ref, e.Profile = h.ref, h.profile
	if e.Profile.Details, err = s.openDetails(r); err != nil {
		return e, damaged(err)
	}
	// A failure that does not open is written again by the next reading; until
	// then it must not hide the client.
	return e, nil
}
