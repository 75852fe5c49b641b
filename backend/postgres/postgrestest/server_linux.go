// Package postgrestest starts a real PostgreSQL server for tests, with a cluster
// of its own in a temporary folder, on a socket there.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startLimit is how long the server may take to answer, on a busy computer.
const startLimit = time.Minute

// Server is a running server.
type Server struct {
	dir     string
	bin     string
	process *os.Process
	ended   chan struct{}
	count   atomic.Int64
}

// template is the database that all others begin as.
const template = "begin"

// Run runs the tests of a package with a server, which it starts as Start does and
// stops after them, and returns what the program exits with.
func Run(m *testing.M, prepare func(address string) error, server **Server) (code int) {
	var err error
	if *server, err = Start(prepare); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code = m.Run()
	if err := (*server).Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Start starts a server, and has prepare fill the database that all others begin
// as. Stop ends it.
func Start(prepare func(address string) error) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(fastFolder(), "pg")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin}
	if err = s.makeCluster(); err == nil {
		err = s.start()
	}
	if err == nil {
		err = s.admin("CREATE DATABASE " + template)
	}
	if err == nil {
		err = prepare(s.address(template))
	}
	if err != nil {
		return nil, errors.Join(err, s.log(), s.Stop())
	}
	return s, nil
}

// programs returns the folder of PostgreSQL's programs. Debian has one for each
// version.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		slices.Sort(found)
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("PostgreSQL is not installed: build/scripts/packages.sh test")
	}
	return filepath.Dir(path), nil
}

// fastFolder is a folder in memory where there is one: tests do not cut the
// power.
func fastFolder() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// as makes a program of PostgreSQL run as somebody who is not root, as which it
// refuses to.
func (s *Server) as(c *exec.Cmd) error {
	c.Dir = "/"
	c.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return err
	}
	c.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, int(uid), int(gid))
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) makeCluster() error {
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata", s.data(), "--username", "telehab", "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	if err := s.as(initdb); err != nil {
		return err
	}
	if said, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("make a cluster: %w: %s", err, said)
	}
	return nil
}

func (s *Server) start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	server := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB", "-c", "dynamic_shared_memory_type=mmap")
	server.Stdout, server.Stderr = log, log
	if err := s.as(server); err != nil {
		return errors.Join(err, log.Close())
	}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the system ends the server together with the thread that started it
		err := server.Start()
		started <- err
		if err == nil {
			_ = server.Wait() // it is ended by a signal
		}
		_ = log.Close()
		close(ended)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = server.Process, ended
	return s.wait()
}

// wait waits until the server answers.
func (s *Server) wait() error {
	for limit := time.Now().Add(startLimit); ; time.Sleep(20 * time.Millisecond) {
		err := s.admin("SELECT 1")
		if err == nil || time.Now().After(limit) {
			return err
		}
		select {
		case <-s.ended:
			return errors.New("the server has ended")
		default:
		}
	}
}

// log returns what the server has written, as an error.
func (s *Server) log() error {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	return errors.Join(err, fmt.Errorf("the server wrote: %s", text))
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	if s.process != nil {
		s.end(syscall.SIGQUIT)
	}
	return os.RemoveAll(s.dir)
}

// Halt ends the server as its administrator does; its databases stay for Resume.
func (s *Server) Halt() { s.end(syscall.SIGINT) }

// Resume starts it again.
func (s *Server) Resume() error { return s.start() }

func (s *Server) end(how syscall.Signal) {
	if err := s.process.Signal(how); err == nil {
		<-s.ended
	}
}

// Program returns a program of PostgreSQL, such as pg_dump.
func (s *Server) Program(name string, arguments ...string) *exec.Cmd {
	return exec.Command(filepath.Join(s.bin, name), arguments...)
}

// Database makes a database that ends with the test, and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	address, drop, err := s.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return address
}

// NewDatabase makes a database, and returns its address and what removes it.
func (s *Server) NewDatabase() (address string, drop func() error, err error) {
	name := fmt.Sprintf("test%d", s.count.Add(1))
	if err := s.admin("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		return "", nil, err
	}
	return s.address(name), func() error { return s.admin("DROP DATABASE " + name + " WITH (FORCE)") }, nil
}

// Size returns how many bytes the tables and indices of TeleHab take in a database.
func (s *Server) Size(address string) (bytes int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0, err
	}
	err = c.QueryRow(ctx, "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relkind = 'r' AND relnamespace = to_regnamespace('telehab')").Scan(&bytes)
	return bytes, errors.Join(err, c.Close(ctx))
}

func (s *Server) address(database string) string {
	return fmt.Sprintf("host=%s user=telehab dbname=%s", s.dir, database)
}

func (s *Server) admin(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	c, err := pgx.Connect(ctx, s.address("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(ctx))
}
