package shadow

import "github.com/go-overlay/go_overlay/tools/overlay/internal/process"

// Run becomes the go command, as [process.Program.Run] has it.
func (s *Setup) Run(dir string) error {
	return process.Program{Path: s.Program, Args: append([]string{"go"}, s.Args...), Env: s.Env, Dir: dir}.Run()
}
