package editor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Stops is the command stops of a script:
//
//	stops LAUNCH FILE TEXT
//
// checks that Delve, which GO_OVERLAY_DLV names, stops a program at the line of a file that has a text, and tells this file and line.
// LAUNCH is what overlay debug -launch-json says, and [sourceFile] has how files are named.
func Stops(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: stops LAUNCH FILE TEXT")
	}
	var launch map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &launch))
	file, err := sourceFile(ts.MkAbs("."), args[1])
	ts.Check(err)
	line, err := numberOf(file, args[2])
	ts.Check(err)
	path, err := exec.LookPath(ts.Getenv("GO_OVERLAY_DLV"))
	ts.Check(err)
	stopped, err := stopAt(path, launch, file, line)
	if err != nil {
		ts.Fatalf("%s:%d: %v", file, line, err)
	}
	if want := fmt.Sprintf("%s:%d", file, line); stopped != want {
		ts.Fatalf("it stops at %s, want %s", stopped, want)
	}
}

// sourceFile returns the path of a file that an editor has open. It is a pattern of the workspace, of
// external repositories if it begins with external/, or of the Go SDK if it begins with GOROOT/; or of an absolute path.
func sourceFile(workspace, pattern string) (string, error) {
	outputs, err := filepath.EvalSymlinks(filepath.Join(workspace, "bazel-out"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	// Scripts share an output base, in which some name repositories otherwise. The folder above outputs
	// has those repositories only that the last build is made of.
	execRoot := filepath.Dir(outputs)
	switch {
	case strings.HasPrefix(pattern, "external/"), strings.HasPrefix(pattern, "bazel-out/"):
		pattern = filepath.Join(execRoot, pattern)
	case strings.HasPrefix(pattern, "GOROOT/"):
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return "", err
		}
		pattern = filepath.Join(strings.TrimSpace(string(root)), strings.TrimPrefix(pattern, "GOROOT/"))
	case !filepath.IsAbs(pattern):
		pattern = filepath.Join(workspace, pattern)
	}
	files, err := filepath.Glob(pattern)
	files = slices.DeleteFunc(files, func(file string) bool { return madeOfOther(execRoot, file) })
	if err != nil || len(files) != 1 {
		return "", fmt.Errorf("%s are %q, want one file: %v", pattern, files, err)
	}
	return filepath.EvalSymlinks(files[0])
}

// madeOfOther tells whether a file is an output of a repository that the last build has not.
func madeOfOther(execRoot, file string) bool {
	_, name, ok := strings.Cut(strings.TrimPrefix(file, execRoot), "/bin/external/")
	if !ok {
		return false
	}
	repository, _, _ := strings.Cut(name, "/")
	_, err := os.Stat(filepath.Join(execRoot, "external", repository))
	return errors.Is(err, os.ErrNotExist)
}

// numberOf returns the number of the only line that contains a text.
func numberOf(file, text string) (number int, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for i, line := range strings.Split(string(content), "\n") {
		if strings.Contains(line, text) {
			if number != 0 {
				return 0, fmt.Errorf("%s has %q in lines %d and %d", file, text, number, i+1)
			}
			number = i + 1
		}
	}
	if number == 0 {
		return 0, fmt.Errorf("%s does not have %q", file, text)
	}
	return number, nil
}

// stopAt has Delve launch a program as an editor does, by the Debug Adapter Protocol, with a breakpoint, and returns
// where the program stops, in the paths that the editor is told.
func stopAt(dlv string, launch map[string]any, file string, line int) (stopped string, err error) {
	cmd := exec.Command(dlv, "dap", "--listen=127.0.0.1:0")
	cmd.Stderr = io.Discard
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	said := bufio.NewReader(stdout)
	first, err := said.ReadString('\n')
	if err != nil {
		return "", err
	}
	go io.Copy(io.Discard, said) // What the program writes.
	_, address, ok := strings.Cut(strings.TrimSpace(first), "listening at: ")
	if !ok {
		return "", fmt.Errorf("dlv says %q, want where it listens", first)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	client := &debugging{conn: conn, from: bufio.NewReader(conn)}
	client.send("initialize", map[string]any{"adapterID": "go", "pathFormat": "path", "linesStartAt1": true})
	client.send("launch", launch)
	client.await("initialized")
	client.send("setBreakpoints", map[string]any{
		"source":      map[string]any{"path": file},
		"breakpoints": []any{map[string]any{"line": line}},
	})
	client.send("configurationDone", map[string]any{})
	if event := client.await("stopped"); event.Body.Reason != "breakpoint" {
		return "", fmt.Errorf("it stops for %q (%s): %v", event.Body.Reason, event.Event, client.err)
	} else {
		client.send("stackTrace", map[string]any{"threadId": event.Body.ThreadID})
	}
	frames := client.await("stackTrace").Body.StackFrames
	// It ends the program, too.
	client.send("disconnect", map[string]any{"terminateDebuggee": true})
	client.await("disconnect")
	if len(frames) == 0 {
		return "", fmt.Errorf("it stops nowhere: %v", client.err)
	}
	return fmt.Sprintf("%s:%d", frames[0].Source.Path, frames[0].Line), nil
}

// debugging is a client of Delve.
type debugging struct {
	conn net.Conn
	from *bufio.Reader
	sent int
	err  error // the first, after which nothing is done any more
}

// What Delve says.
type told struct {
	Event, Command, Message string
	Success                 *bool
	Body                    struct {
		Reason      string
		ThreadID    int
		StackFrames []struct {
			Line   int
			Source struct{ Path string }
		}
		Error struct{ Format string }
	}
}

func (e *debugging) send(command string, arguments any) {
	e.sent++
	request, err := json.Marshal(map[string]any{"seq": e.sent, "type": "request", "command": command, "arguments": arguments})
	if err == nil && e.err == nil {
		_, err = fmt.Fprintf(e.conn, "Content-Length: %d\r\n\r\n%s", len(request), request)
	}
	if e.err == nil {
		e.err = err
	}
}

// await returns the event, or the response to the command, of a name. That the program ends is what else may come.
func (e *debugging) await(name string) (m told) {
	for e.err == nil {
		header, err := textproto.NewReader(e.from).ReadMIMEHeader()
		if err != nil {
			e.err = fmt.Errorf("awaiting %s: %w", name, err)
			break
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			e.err = err
			break
		}
		content := make([]byte, length)
		if _, e.err = io.ReadFull(e.from, content); e.err != nil {
			break
		}
		m = told{}
		if e.err = json.Unmarshal(content, &m); e.err != nil {
			break
		}
		switch {
		case m.Success != nil && !*m.Success:
			e.err = fmt.Errorf("%s: %s: %s", m.Command, m.Message, m.Body.Error.Format)
		case m.Event == name, m.Command == name:
			return m
		case m.Event == "terminated":
			e.err = fmt.Errorf("the program has ended, before %s", name)
		}
	}
	return told{}
}
