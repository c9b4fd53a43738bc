package shadow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// In a workspace, the go command reads go.mod files of all modules that modules ask for. For a module alone, it reads those only that packages can come
// from, and a module cache that has been filled for it may lack the others, as may go.sum. Where they can't be had, a copy of
// go.mod with shadow modules, by the flag -modfile, does without; programs then say in their build information where the shadow modules
// are, which is why it is not the first choice.

// setModules has the environment name what gives the go command shadow modules: go.work, or where that does not work the copy of go.mod.
func (p *preparing) setModules(ctx context.Context, work []byte) error {
	key, err := p.graphKey(work)
	if err != nil {
		return err
	}
	path := filepath.Join(p.Folder, "graph")
	known, _ := os.ReadFile(path)
	if string(known) == key+" go.work\n" {
		p.Env = withVariable(p.Env, "GOWORK", p.GoWork)
		return nil
	}
	mod := filepath.Join(p.Folder, "modfile", "go.mod")
	if string(known) != key+" go.mod\n" || !exists(mod) {
		works, err := p.tryWork(ctx)
		if err != nil {
			return err
		}
		if works {
			p.made[path] = []byte(key + " go.work\n")
		}
		if works || p.g.GOWORK != "" && p.g.GOWORK != "off" { // That needs the same as the user's own: the go command tells what is missing.
			p.Env = withVariable(p.Env, "GOWORK", p.GoWork)
			return nil
		}
		if err := p.writeModFile(ctx, mod); err != nil {
			return err
		}
		if p.g.GOPROXY == "off" { // Else it may work the next time.
			p.made[path] = []byte(key + " go.mod\n")
		}
	}
	p.ModFile = mod
	p.Env = withVariable(p.Env, "GOWORK", "off")
	return nil
}

// tryWork tells whether the go command can read the modules of go.work.
func (p *preparing) tryWork(ctx context.Context) (bool, error) {
	if err := p.writeMade(); err != nil {
		return false, p.unwritable(err)
	}
	asking := p.g.Asking()
	asking.Program, asking.Env = p.Program, withVariable(withVariable(p.Env, "GOFLAGS", asking.GOFLAGS), "GOWORK", p.GoWork)
	_, failed := asking.Output(ctx, "list", "-m", "-f", "{{.Path}}", "all")
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return failed == nil, nil
}

// graphKey returns a name of what the modules are told from.
func (p *preparing) graphKey(work []byte) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\x00%s\x00%s\x00%s\x00%s\x00", work, p.g.GOVERSION, p.g.GOFLAGS, p.g.GOMODCACHE, p.g.GOPROXY)
	for _, path := range []string{p.g.GOMOD, strings.TrimSuffix(p.g.GOMOD, ".mod") + ".sum", p.g.GOWORK + ".sum"} {
		content, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		fmt.Fprintf(hash, "%d %s\x00", len(content), content)
	}
	for _, m := range p.shadows {
		if folder := p.shadowOf(m); exists(filepath.Join(folder, "go.mod")) {
			content, err := os.ReadFile(filepath.Join(folder, "go.mod"))
			if err != nil {
				return "", err
			}
			fmt.Fprintf(hash, "%s\x00", content)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// writeModFile writes the copy of go.mod, with go.sum beside it.
func (p *preparing) writeModFile(ctx context.Context, mod string) error {
	if err := removeTree(filepath.Dir(mod)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(mod), 0o777); err != nil {
		return p.unwritable(err)
	}
	if err := files.Copy(mod, p.g.GOMOD, 0o666); err != nil {
		return p.unwritable(err)
	}
	sum := strings.TrimSuffix(p.g.GOMOD, ".mod") + ".sum"
	if err := files.Copy(strings.TrimSuffix(mod, ".mod")+".sum", sum, 0o666); err != nil && !errors.Is(err, os.ErrNotExist) {
		return p.unwritable(err)
	}
	edit := []string{"mod", "edit"}
	for _, m := range p.shadows {
		edit = append(edit, "-dropreplace="+m.Path, "-dropreplace="+m.Path+"@"+m.Version,
			"-replace="+m.Path+"="+p.shadowOf(m))
	}
	_, err := p.g.Output(ctx, append(edit, mod)...)
	return err
}
