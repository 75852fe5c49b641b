package runner

// SetRandom replaces the random numbers of the schedule. It is called before
// Start.
func (b *Background) SetRandom(random func() float64) { b.scheduler.schedule.random = random }
