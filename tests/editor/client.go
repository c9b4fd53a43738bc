// Package editor is an editor without a window: it starts gopls with the settings of a folder, as VS Code does, opens, types and saves, and
// asks what people ask an editor for. It knows nothing of Bazel, nor of overlays.
//
// Scripts for testscript have it as the command editor, see [Command].
package editor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An Editor is one in which a folder is open.
type Editor struct {
	folder   string
	settings map[string]any // of gopls
	cmd      *exec.Cmd
	log      *os.File // what gopls says

	writing sync.Mutex
	stdin   io.WriteCloser

	mu          sync.Mutex
	last        int // request
	answers     map[int]chan message
	diagnostics map[string][]Diagnostic     // by paths of files
	published   chan struct{}               // closed when the diagnostics change
	watched     map[string][]*regexp.Regexp // files that gopls wants to be told of, by registrations
	ended       error                       // why nothing more comes

	open map[string]int // versions of the files that are open
}

// A Diagnostic is what the editor underlines.
type Diagnostic struct {
	Range   struct{ Start, End Position }
	Message string
}

// A Position is one in a file; both count from 0, Character in UTF-16.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// A Location is one that the editor jumps to.
type Location struct {
	URI   string
	Range struct{ Start, End Position }
}

type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Code    int
		Message string
	} `json:"error,omitempty"`
}

// patience is how long an answer may take: the first one waits for Bazel.
const patience = 2 * time.Minute

// Start starts gopls in a folder, with an environment to which is added what the settings of the folder say. What gopls says
// on stderr goes to log.
func Start(folder string, env []string, gopls string, log *os.File) (*Editor, error) {
	settings, more, err := readSettings(folder)
	if err != nil {
		return nil, err
	}
	e := &Editor{
		folder: folder, settings: settings, log: log,
		answers: map[int]chan message{}, diagnostics: map[string][]Diagnostic{}, published: make(chan struct{}), open: map[string]int{}, watched: map[string][]*regexp.Regexp{},
	}
	e.cmd = exec.Command(gopls, "-rpc.trace", "serve")
	e.cmd.Dir = folder
	e.cmd.Env = append(append(env, more...), "PWD="+folder)
	e.cmd.Stderr = log
	if e.stdin, err = e.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	go e.read(stdout)
	root := map[string]any{"uri": uriOf(folder), "name": filepath.Base(folder)}
	err = e.Call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": root["uri"], "workspaceFolders": []any{root}, "initializationOptions": settings,
		"capabilities": map[string]any{
			"workspace": map[string]any{
				"configuration": true, "workspaceFolders": true,
				"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true},
			},
			"textDocument": map[string]any{"publishDiagnostics": map[string]any{"versionSupport": true}},
		},
	}, nil)
	if err != nil {
		return nil, errors.Join(err, e.Stop())
	}
	return e, e.notify("initialized", map[string]any{})
}

// readSettings returns those of gopls that a folder has for VS Code, and what they add to the environment.
func readSettings(folder string) (gopls map[string]any, env []string, err error) {
	content, err := os.ReadFile(filepath.Join(folder, ".vscode", "settings.json"))
	if errors.Is(err, os.ErrNotExist) {
		return map[string]any{}, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	text := strings.ReplaceAll(string(content), "${workspaceFolder}", filepath.ToSlash(folder))
	var settings struct {
		Gopls map[string]any    `json:"gopls"`
		Env   map[string]string `json:"go.toolsEnvVars"`
	}
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return nil, nil, err
	}
	for name, value := range settings.Env {
		env = append(env, name+"="+value)
	}
	if settings.Gopls == nil {
		settings.Gopls = map[string]any{}
	}
	return settings.Gopls, env, nil
}

// Stop ends gopls.
func (e *Editor) Stop() error {
	err := e.Call("shutdown", nil, nil)
	err = errors.Join(err, e.notify("exit", nil), e.stdin.Close())
	timer := time.AfterFunc(10*time.Second, func() { e.cmd.Process.Kill() })
	defer timer.Stop()
	return errors.Join(err, e.cmd.Wait())
}

// read takes messages until there are no more.
func (e *Editor) read(stdout io.Reader) {
	reader := bufio.NewReader(stdout)
	var err error
	for err == nil {
		var m message
		if m, err = readMessage(reader); err == nil {
			err = e.take(m)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = fmt.Errorf("gopls has ended: %w", err)
	for _, answer := range e.answers {
		close(answer)
	}
	e.answers = map[int]chan message{}
}

func readMessage(reader *bufio.Reader) (m message, err error) {
	header, err := textproto.NewReader(reader).ReadMIMEHeader()
	if err != nil {
		return m, err
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return m, fmt.Errorf("a message has no length: %w", err)
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(reader, content); err != nil {
		return m, err
	}
	return m, json.Unmarshal(content, &m)
}

// take does what a message asks for.
func (e *Editor) take(m message) error {
	switch {
	case m.Method == "": // an answer
		id, err := strconv.Atoi(string(m.ID))
		if err != nil {
			return err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if answer := e.answers[id]; answer != nil {
			delete(e.answers, id)
			answer <- m
		}
		return nil
	case m.Method == "textDocument/publishDiagnostics":
		var published struct {
			URI         string
			Diagnostics []Diagnostic
		}
		if err := json.Unmarshal(m.Params, &published); err != nil {
			return err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.diagnostics[pathOf(published.URI)] = published.Diagnostics
		close(e.published)
		e.published = make(chan struct{})
		return nil
	case m.Method == "workspace/configuration":
		var asked struct{ Items []json.RawMessage }
		if err := json.Unmarshal(m.Params, &asked); err != nil {
			return err
		}
		answer := []any{}
		for range asked.Items {
			answer = append(answer, e.settings)
		}
		return e.answer(m.ID, answer)
	case m.Method == "client/registerCapability" || m.Method == "client/unregisterCapability":
		if err := e.watch(m.Params); err != nil {
			return err
		}
		return e.answer(m.ID, nil)
	case m.Method == "window/logMessage" || m.Method == "window/showMessage":
		fmt.Fprintf(e.log, "%s\n", m.Params)
		return nil
	case m.ID != nil:
		return e.answer(m.ID, nil)
	}
	return nil
}

func (e *Editor) answer(id json.RawMessage, result any) error {
	content, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return e.send(message{ID: id, Result: content})
}

func (e *Editor) notify(method string, params any) error {
	content, err := json.Marshal(params)
	if err != nil {
		return err
	}
	return e.send(message{Method: method, Params: content})
}

func (e *Editor) send(m message) error {
	m.Version = "2.0"
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	_, err = fmt.Fprintf(e.stdin, "Content-Length: %d\r\n\r\n%s", len(content), content)
	return err
}

// Call asks gopls for something, and waits for the answer.
func (e *Editor) Call(method string, params, result any) error {
	m := message{Method: method}
	if params != nil {
		content, err := json.Marshal(params)
		if err != nil {
			return err
		}
		m.Params = content
	}
	answer := make(chan message, 1)
	e.mu.Lock()
	if e.ended != nil {
		defer e.mu.Unlock()
		return e.ended
	}
	e.last++
	id := e.last
	e.answers[id] = answer
	e.mu.Unlock()
	m.ID = json.RawMessage(strconv.Itoa(id))
	if err := e.send(m); err != nil {
		return err
	}
	select {
	case m, ok := <-answer:
		if !ok {
			return fmt.Errorf("%s: gopls has ended", method)
		}
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-time.After(patience):
		return fmt.Errorf("%s: no answer in %v", method, patience)
	}
}

// Open opens a file, and returns its text.
func (e *Editor) Open(file string) (text string, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	e.open[file] = 1
	return string(content), e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uriOf(file), "languageId": "go", "version": 1, "text": string(content),
	}})
}

// Type changes the text of an open file, which is not saved.
func (e *Editor) Type(file, text string) error {
	e.open[file]++
	return e.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uriOf(file), "version": e.open[file]},
		"contentChanges": []any{map[string]any{"text": text}},
	})
}

// Save writes the text of an open file.
func (e *Editor) Save(file, text string) error {
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	if err := e.notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": uriOf(file)}}); err != nil {
		return err
	}
	return e.Changed(file)
}

// Changed tells gopls of files that have changed on the disk, or have been made, as editors do: if it wants to be told.
func (e *Editor) Changed(files ...string) error {
	changes := []any{}
	for _, file := range files {
		if !e.watches(file) {
			return fmt.Errorf("gopls doesn't watch %s, so editors don't tell it of changes", file)
		}
		changes = append(changes, map[string]any{"uri": uriOf(file), "type": 2})
	}
	return e.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": changes})
}

// watch notes which files gopls wants to be told of.
func (e *Editor) watch(params json.RawMessage) error {
	var asked struct {
		Registrations []struct {
			ID              string
			RegisterOptions struct {
				Watchers []struct{ GlobPattern json.RawMessage }
			}
		}
		Unregisterations []struct{ ID string } // as LSP has it
	}
	if err := json.Unmarshal(params, &asked); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, registration := range asked.Unregisterations {
		delete(e.watched, registration.ID)
	}
	for _, registration := range asked.Registrations {
		for _, watcher := range registration.RegisterOptions.Watchers {
			pattern := ""
			if err := json.Unmarshal(watcher.GlobPattern, &pattern); err != nil {
				return fmt.Errorf("a pattern of files is no string: %w", err)
			}
			e.watched[registration.ID] = append(e.watched[registration.ID], glob(pattern))
		}
	}
	return nil
}

// watches tells whether gopls wants to be told of a file. It may be about to say so.
func (e *Editor) watches(file string) bool {
	for start := time.Now(); time.Since(start) < patience; time.Sleep(100 * time.Millisecond) {
		e.mu.Lock()
		for _, patterns := range e.watched {
			for _, pattern := range patterns {
				if pattern.MatchString(filepath.ToSlash(file)) {
					e.mu.Unlock()
					return true
				}
			}
		}
		e.mu.Unlock()
	}
	return false
}

var globParts = regexp.MustCompile(`\*\*/|\*|\{|\}|,|[^*{},]+`)

// glob returns a pattern of LSP as a regular expression for paths that end so.
func glob(pattern string) *regexp.Regexp {
	of := map[string]string{"**/": "(.*/)?", "*": "[^/]*", "{": "(", "}": ")", ",": "|"}
	expression := globParts.ReplaceAllStringFunc(pattern, func(part string) string {
		if other, ok := of[part]; ok {
			return other
		}
		return regexp.QuoteMeta(part)
	})
	return regexp.MustCompile("(^|/)" + expression + "$")
}

// Definition returns where what is at a position is declared.
func (e *Editor) Definition(file string, at Position) (locations []Location, err error) {
	err = e.Call("textDocument/definition", position(file, at), &locations)
	return locations, err
}

// References returns where what is at a position is used.
func (e *Editor) References(file string, at Position) (locations []Location, err error) {
	params := position(file, at)
	params["context"] = map[string]any{"includeDeclaration": true}
	err = e.Call("textDocument/references", params, &locations)
	return locations, err
}

func position(file string, at Position) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": uriOf(file)}, "position": at}
}

// Diagnostics waits until those of a file are as wanted, and returns the last ones.
func (e *Editor) Diagnostics(file string, wanted func([]Diagnostic) bool) (diagnostics []Diagnostic, ok bool) {
	timeout := time.After(patience)
	for {
		e.mu.Lock()
		diagnostics, published := e.diagnostics[file], e.published
		e.mu.Unlock()
		if wanted(diagnostics) {
			return diagnostics, true
		}
		select {
		case <-published:
		case <-timeout:
			return diagnostics, false
		}
	}
}

func uriOf(file string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
}

func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	return filepath.FromSlash(u.Path)
}
