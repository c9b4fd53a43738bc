package desk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// Proxy is the value of ExportToOptions.To that stands for a module proxy.
const Proxy = "goproxy"

// ExportToOptions say what the go command is to compile from elsewhere.
type ExportToOptions struct {
	To     string // path of a folder, or Proxy
	Output string // path of the folder for Proxy
	Set    string // label of a set, or of an overlay; empty: what builds use unless they are told otherwise
}

// ExportTo writes what overlays in force make of modules and of Go, for go commands that nobody runs by overlay go.
func (d *Desk) ExportTo(ctx context.Context, o ExportToOptions) error {
	g, _, err := d.askGo(ctx, nil, os.Environ())
	if err != nil {
		return err
	}
	force, err := d.inForce(ctx, g, o.Set)
	if err != nil {
		return err
	}
	if len(force.Modules) == 0 {
		return errors.New("there is nothing to export: no overlay is in force that changes what the go command compiles here")
	}
	if o.To == Proxy {
		return d.exportProxy(ctx, force, o)
	}
	folder := d.abs(o.To)
	exported, err := shadow.Export(ctx, g, force.Modules, d.Workspace.Root, folder)
	if err != nil {
		return err
	}
	var words []string
	at := func(name string) string { // For a shell in the current folder.
		if name = path.Join(filepath.ToSlash(d.rel(folder)), name); path.IsAbs(name) || filepath.IsAbs(name) {
			return shell.Word(name)
		}
		return `"$PWD"/` + shell.Word(name)
	}
	if exported.GOROOT != "" {
		words = append(words, "PATH="+at(path.Join(exported.GOROOT, "bin"))+`:"$PATH"`, "GOTOOLCHAIN=local")
	}
	if exported.GoWork != "" {
		words = append(words, "GOWORK="+at(exported.GoWork))
	}
	if exported.JSON != "" {
		flags, err := shadow.JoinFlags([]string{"-overlay=" + path.Join(filepath.ToSlash(d.rel(folder)), exported.JSON)})
		if err != nil {
			return err
		}
		words = append(words, "GOFLAGS="+shell.Word(flags))
	}
	fmt.Fprintf(d.Out, "written: %s\nthe go command compiles with it: %s go build ./...\n", d.rel(folder), strings.Join(words, " "))
	if exported.JSON != "" {
		fmt.Fprintln(d.Err, "where a file of the repository itself is overlaid, go test -cover runs and counts the original: use overlay go for that")
	}
	return nil
}

func (d *Desk) exportProxy(ctx context.Context, force *inForce, o ExportToOptions) error {
	if o.Output == "" {
		return errors.New("say by -o which folder is to be the module proxy")
	}
	folder := d.abs(o.Output)
	published, err := shadow.ExportProxy(ctx, force.Modules, folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out, "written: %s\n\nfor the environment:\nGOPROXY=%s,$(go env GOPROXY)\n\nfor go.mod:\n", d.rel(folder), fileURL(folder))
	for _, p := range published {
		fmt.Fprintln(d.Out, p.Replace())
	}
	fmt.Fprint(d.Out, "\nfor go.sum:\n")
	for _, p := range published {
		fmt.Fprintln(d.Out, strings.Join(p.Sums(), "\n"))
	}
	return nil
}

// fileURL returns the URL of a folder.
func fileURL(folder string) string {
	path := filepath.ToSlash(folder)
	if !strings.HasPrefix(path, "/") { // C:/Users
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
