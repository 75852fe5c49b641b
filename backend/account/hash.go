package account

import (
	"errors"

	"github.com/alexedwards/argon2id"
)

// Cost is the work of hashing one password with argon2id.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost takes 64 MiB and about a quarter of a second on a small PC (0.1 s
// on two cores of a server). It is the second option recommended in RFC 9106,
// with two lanes instead of four because a clinic's PC may have two cores.
var DefaultCost = Cost{MemoryKiB: 64 * 1024, Passes: 3, Lanes: 2}

const (
	saltLength = 16
	keyLength  = 32
)

// Bounds on the cost of a stored hash, so that a damaged row neither panics nor
// uses up the computer's memory. They leave room to raise the cost.
const (
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
	maxLanes     = 16
	minSalt      = 8
	minKey       = 16
	maxEncoded   = 256
)

// errHash is returned for every unreadable stored hash, and contains nothing of
// it.
var errHash = errors.New("account: a stored password hash is unreadable")

// hash returns the PHC string of a password.
func (c Cost) hash(password string) (string, error) {
	return argon2id.CreateHash(normalPassword(password), &argon2id.Params{
		Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: c.Lanes,
		SaltLength: saltLength, KeyLength: keyLength,
	})
}

// verify reports whether encoded is a hash of password. It takes the cost from
// encoded and compares in constant time.
func verify(password, encoded string) (bool, error) {
	if _, err := costOf(encoded); err != nil {
		return false, err
	}
	matches, err := argon2id.ComparePasswordAndHash(normalPassword(password), encoded)
	if err != nil {
		return false, errHash
	}
	return matches, nil
}

// costOf reads the cost from a PHC string, and refuses one that no version of
// this program would have written.
func costOf(encoded string) (Cost, error) {
	if len(encoded) > maxEncoded {
		return Cost{}, errHash
	}
	params, salt, key, err := argon2id.DecodeHash(encoded)
	if err != nil {
		return Cost{}, errHash
	}
	lanes := uint32(params.Parallelism)
	if lanes < 1 || lanes > maxLanes ||
		params.Iterations < 1 || params.Iterations > maxPasses ||
		params.Memory < 8*lanes || params.Memory > maxMemoryKiB ||
		len(salt) < minSalt || len(key) < minKey {
		return Cost{}, errHash
	}
	return Cost{MemoryKiB: params.Memory, Passes: params.Iterations, Lanes: params.Parallelism}, nil
}
