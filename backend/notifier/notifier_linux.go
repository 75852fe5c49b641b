package notifier

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// callTimeout leaves the bus time to start the service, which it does by itself
// where a desktop has one that does not run yet.
const callTimeout = 10 * time.Second

// Check returns ErrNobody where the session has no bus, or nobody on it shows
// notifications.
func Check() error {
	bus, err := dbus.SessionBus() // one connection for the whole program
	if err != nil {
		return fmt.Errorf("%w: connect to the session bus: %w", ErrNobody, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	service := bus.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
	if err := service.CallWithContext(ctx, "org.freedesktop.Notifications.GetServerInformation", 0).Err; err != nil {
		return fmt.Errorf("%w: ask who does: %w", ErrNobody, err)
	}
	return nil
}
