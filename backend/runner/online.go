package runner

import "net"

// Online says whether this computer has a network at all: an interface that is
// up, is no loopback, and has an address that others may route to. It asks
// nobody, so a network without a way to Cliniko counts too.
func Online() bool {
	interfaces, err := net.Interfaces()
	if err != nil {
		return true // not known: the next request finds out
	}
	for _, i := range interfaces {
		if !carries(i.Flags) {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil || anyRoutable(addresses) {
			return true
		}
	}
	return false
}

func carries(flags net.Flags) bool {
	const want = net.FlagUp | net.FlagRunning
	return flags&want == want && flags&net.FlagLoopback == 0
}

// anyRoutable leaves out addresses that a computer gives itself when nobody
// else does.
func anyRoutable(addresses []net.Addr) bool {
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.IsGlobalUnicast() {
			return true
		}
	}
	return false
}
