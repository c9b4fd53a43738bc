package desk

import (
	"context"
	"encoding/json"
	"io"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/packagesdriver"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// plainDriver answers a request of golang.org/x/tools/go/packages without Bazel. Where nothing is overlaid, it leaves that to go/packages, which asks the
// go command itself.
func (d *Desk) plainDriver(ctx context.Context, patterns []string, request io.Reader) ([]byte, error) {
	g, setup, err := d.listing(ctx)
	if err != nil {
		return nil, err
	}
	answer := &packagesdriver.Response{NotHandled: true}
	if len(setup.Files) > 0 || setup.GoWork != "" || setup.GOROOT != "" {
		lister := &packagesdriver.Lister{Program: setup.Program, Env: setup.Env, Dir: d.Dir, GoVersion: g.Minor(), Arch: g.GOARCH,
			ModuleCache: g.GOMODCACHE, Overlay: setup.JSON, Files: setup.Files}
		if answer, err = lister.Answer(ctx, request, patterns); err != nil {
			return nil, err
		}
	}
	return json.Marshal(answer)
}

// goEnvironment returns variables by which the go command compiles with overlays, as overlay go does.
func (d *Desk) goEnvironment(ctx context.Context) (map[string]string, error) {
	_, setup, err := d.listing(ctx)
	if err != nil {
		return nil, err
	}
	variables := map[string]string{}
	if setup.GoWork != "" {
		variables["GOWORK"] = setup.GoWork
	}
	if setup.JSON != "" {
		variables["GOFLAGS"] = shadow.Variable(setup.Env, "GOFLAGS")
	}
	if setup.GOROOT != "" {
		variables["GOROOT"], variables["GOTOOLCHAIN"] = setup.GOROOT, "local"
	}
	return variables, nil
}
