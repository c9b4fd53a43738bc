//go:build linux

package bazeltest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func TestNginx(t *testing.T) {
	dir := t.TempDir()
	server, err := StartNginx(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	request, err := http.NewRequest(http.MethodPut, server.URL+"/cas/abc", strings.NewReader("content"))
	if err != nil {
		t.Fatal(err)
	}
	if got := answerTo(t, request); got != http.StatusCreated {
		t.Errorf("PUT: got %d", got)
	}
	for path, want := range map[string]int{"/cas/abc": http.StatusOK, "/cas/other": http.StatusNotFound} {
		request, err := http.NewRequest(http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := answerTo(t, request); got != want {
			t.Errorf("GET %s: got %d, want %d", path, got, want)
		}
	}
	if content, err := os.ReadFile(filepath.Join(dir, "cache/cas/abc")); err != nil || string(content) != "content" {
		t.Errorf("stored: %q, %v", content, err)
	}
}

func answerTo(t *testing.T, request *http.Request) int {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

func TestCasd(t *testing.T) {
	server, err := StartCasd(t.TempDir(), CasdOptions{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	conn, err := grpc.NewClient(strings.TrimPrefix(server.URL, "grpc://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answer, err := remoteexecution.NewCapabilitiesClient(conn).GetCapabilities(context.Background(), &remoteexecution.GetCapabilitiesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if answer.LowApiVersion.Major != 2 || answer.LowApiVersion.Minor != 0 || !answer.ExecutionCapabilities.GetExecEnabled() {
		t.Errorf("got %v", answer)
	}

	// A call that is passed on, and its error.
	digest := &remoteexecution.Digest{Hash: strings.Repeat("a", 64), SizeBytes: 3}
	missing, err := remoteexecution.NewContentAddressableStorageClient(conn).FindMissingBlobs(context.Background(),
		&remoteexecution.FindMissingBlobsRequest{BlobDigests: []*remoteexecution.Digest{digest}})
	if err != nil || len(missing.MissingBlobDigests) != 1 {
		t.Errorf("FindMissingBlobs: got %v, %v", missing, err)
	}
	_, err = remoteexecution.NewActionCacheClient(conn).GetActionResult(context.Background(),
		&remoteexecution.GetActionResultRequest{ActionDigest: digest})
	if err == nil || !strings.Contains(err.Error(), "NotFound") {
		t.Errorf("GetActionResult: got %v", err)
	}
}

// TestFailure starts a program that ends at once: that is noticed at once.
func TestFailure(t *testing.T) {
	began := time.Now()
	p, err := start("false")
	if err != nil {
		t.Fatal(err)
	}
	err = p.await(func(context.Context) error { return errors.New("not ready") })
	if err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v to notice", took)
	}
}

const endVariable = "GO_OVERLAY_TEST_SERVERS"

// TestEnd starts servers in a process that ends in several ways: nothing is left.
func TestEnd(t *testing.T) {
	if dir := os.Getenv(endVariable); dir != "" {
		serveForever(t, dir)
	}
	for _, how := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(how.String(), func(t *testing.T) {
			dir := t.TempDir()
			child := exec.Command(os.Args[0], "-test.run=^TestEnd$")
			child.Env = append(os.Environ(), endVariable+"="+dir)
			child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C goes to a whole group.
			stdout, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL) // It is gone, unless the test failed.
				_ = child.Wait()
			})
			addresses, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil || len(strings.Fields(addresses)) != 2 {
				t.Fatalf("the child says %q, %v", addresses, err)
			}
			if !mentioned(t, dir) {
				t.Error("no process has the folder of the servers in its command line: this test can't see them")
			}
			target := child.Process.Pid
			if how == syscall.SIGINT {
				target = -target
			}
			if err := syscall.Kill(target, how); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, stdout); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // It was killed.
			for start := time.Now(); mentioned(t, dir); time.Sleep(50 * time.Millisecond) {
				if time.Since(start) > 20*time.Second {
					t.Fatal("a server still runs")
				}
			}
			for _, address := range strings.Fields(addresses) {
				if conn, err := net.Dial("tcp", address); err == nil {
					conn.Close()
					t.Errorf("%s is still listened at", address)
				}
			}
		})
	}
}

func serveForever(t *testing.T, dir string) {
	nginx, err := StartNginx(filepath.Join(dir, "nginx"))
	if err != nil {
		t.Fatal(err)
	}
	casd, err := StartCasd(filepath.Join(dir, "casd"), CasdOptions{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(strings.TrimPrefix(nginx.URL, "http://"), strings.TrimPrefix(casd.URL, "grpc://"))
	select {}
}

// mentioned tells whether the command line of a process has a text.
func mentioned(t *testing.T, text string) bool {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		// Processes end meanwhile.
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(text)) {
			return true
		}
	}
	return false
}
