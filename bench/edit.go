package main

import (
	"context"
	"os"
)

// benchEdit measures the time from an edit of a patch to the program with it, beside
// that of an edit of a package that is one's own, which is the limit of what a patch
// can be.
func benchEdit(ctx context.Context, s *session) error {
	modules, err := downloadModules(ctx, s.root)
	if err != nil {
		return err
	}
	var ways []*way
	for _, newWay := range []func(context.Context, *session, map[string]string) (*way, error){
		overlayWay, firstPartyWay, overrideWay, replaceWay,
	} {
		w, err := newWay(ctx, s, modules)
		if err != nil {
			return err
		}
		ways = append(ways, w)
	}
	for _, p := range programs {
		var contenders []contender
		for _, w := range ways {
			c, err := w.contender(p)
			if err != nil {
				return err
			}
			contenders = append(contenders, c)
		}
		if err := s.compare(ctx, &Comparison{
			Name:      "edit/" + p.name,
			Title:     "From an edit to the program: " + p.title,
			Reference: "first-party",
			Metrics:   []Metric{metricTime, metricActions},
		}, contenders); err != nil {
			return err
		}
	}
	return nil
}

// A way is one of the ways to patch a package.
type way struct {
	name   string
	file   func(p *program) string // that is edited
	binary func(p *program) string
	build  func(ctx context.Context, p *program) (sample, error)
}

// contender edits the file to the state of the round.
func (w *way) contender(p *program) (contender, error) {
	original, err := os.ReadFile(w.file(p))
	if err != nil {
		return contender{}, err
	}
	return contender{w.name, func(ctx context.Context, round int) (sample, error) {
		state := round + 1 // as the file had 0
		edited, err := p.edit(original, state)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(w.file(p), edited, 0o644); err != nil {
			return nil, err
		}
		if err := settle(ctx); err != nil {
			return nil, err
		}
		sample, err := w.build(ctx, p)
		if err != nil {
			return nil, err
		}
		return sample, p.check(ctx, w.binary(p), state)
	}}, nil
}
