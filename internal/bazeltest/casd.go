package bazeltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Casd is a cache over gRPC that executes actions, too, by the Remote Execution API:
// buildbox-casd, behind a front.
type Casd struct {
	URL     string // for Bazel's --remote_cache and --remote_executor
	process *process
	front   *grpc.Server
	conn    *grpc.ClientConn
}

// CasdOptions are settings of a Casd.
type CasdOptions struct {
	Jobs int // number of actions that are executed at a time; 0: it does not execute

	// Intercept, if there is one, is told of each call before it is passed on, by the
	// name of its method. Its error is the answer.
	Intercept func(method string) error
}

// StartCasd starts a server that keeps everything in a folder.
func StartCasd(dir string, o CasdOptions) (_ *Casd, err error) {
	if err := os.MkdirAll(filepath.Join(dir, "cas"), 0o755); err != nil {
		return nil, err
	}
	socket := "unix:" + filepath.Join(dir, "casd.sock")
	args := []string{"--bind", socket}
	if o.Jobs > 0 {
		// Where Debian has it, or beside the casd that is installed.
		run := "/usr/bin/buildbox-run-hosttools"
		if casd, err := exec.LookPath("buildbox-casd"); err == nil {
			run = filepath.Join(filepath.Dir(casd), filepath.Base(run))
		}
		args = append(args, "--buildbox-run", run, "--jobs", fmt.Sprint(o.Jobs))
	}
	if o.Intercept == nil {
		o.Intercept = func(string) error { return nil }
	}
	s := new(Casd)
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	if s.process, err = start("buildbox-casd", append(args, filepath.Join(dir, "cas"))...); err != nil {
		return nil, err
	}
	if s.conn, err = grpc.NewClient(socket, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
		return nil, err
	}
	capabilities := remoteexecution.NewCapabilitiesClient(s.conn)
	err = s.process.await(func(ctx context.Context) error {
		_, err := capabilities.GetCapabilities(ctx, &remoteexecution.GetCapabilitiesRequest{})
		return err
	})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.front = newFront(s.conn, o.Intercept)
	s.URL = "grpc://" + listener.Addr().String()
	go func() {
		if err := s.front.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			panic(err)
		}
	}()
	return s, nil
}

// Stop ends the server.
func (s *Casd) Stop() {
	if s.front != nil {
		s.front.Stop()
	}
	if s.conn != nil {
		s.conn.Close() // No call is left.
	}
	if s.process != nil {
		s.process.stop()
	}
}
