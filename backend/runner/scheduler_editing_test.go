package runner_test

import "testing"

// Whoever was sent to Cliniko to change a client finds the change on coming back.
func TestSchedulerWhileSomebodyEdits(t *testing.T) {
	bubble(t, func(w *watch) {
		w.want(10*second, 3*second)
		w.scheduler.Editing()
		w.want(20 * second) // until they are back
		w.scheduler.Focus()
		w.within(0)
		w.scheduler.Focus() // to and fro: what was saved meanwhile is not missed
		w.want(10*second, 35*second)
		w.want(5*minute, 5*minute+35*second) // nobody comes back
		w.want(4 * minute)
		w.scheduler.Focus()
		w.within(0)
		w.want(30 * second)
		w.scheduler.Focus() // ten minutes are over, and a minute has not gone by
		w.want(10 * second)
	})
}
