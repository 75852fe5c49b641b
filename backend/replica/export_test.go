package replica

import "time"

// Hurry makes a candidate do everything sooner.
func (c *Candidate) Hurry(tries, confirm time.Duration) { c.tries, c.confirm = tries, confirm }

// TryEvery is how often a candidate asks for the election.
const TryEvery = tryEvery
