package runner

import (
	"net"
	"testing"
)

func TestOnline(t *testing.T) {
	const up = net.FlagUp | net.FlagRunning
	for name, c := range map[string]struct {
		flags   net.Flags
		address string
		want    bool
	}{
		"a clinic's network":   {up | net.FlagBroadcast, "192.168.1.20/24", true},
		"IPv6 alone":           {up, "2001:db8::7/64", true},
		"a tunnel":             {up | net.FlagPointToPoint, "10.8.0.2/32", true},
		"loopback":             {up | net.FlagLoopback, "127.0.0.1/8", false},
		"the cable is out":     {net.FlagUp, "192.168.1.20/24", false},
		"switched off":         {0, "192.168.1.20/24", false},
		"nobody gave it one":   {up, "169.254.10.20/16", false},
		"a link of its own v6": {up, "fe80::1/64", false},
	} {
		t.Run(name, func(t *testing.T) {
			ip, network, err := net.ParseCIDR(c.address)
			if err != nil {
				t.Fatal(err)
			}
			address := &net.IPNet{IP: ip, Mask: network.Mask}
			if got := carries(c.flags) && anyRoutable([]net.Addr{address}); got != c.want {
				t.Errorf("online: %v, not %v", got, c.want)
			}
		})
	}
}
