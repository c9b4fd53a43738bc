package main

import "context"

// A usage is how many bytes a folder takes on the disk, each file once.
type usage struct {
	files int64 // but for the manifests of a store
	all   int64 // with those, and folders
}

func (u usage) sample() sample {
	return sample{metricFiles.Name: float64(u.files) / 1e6, metricAll.Name: float64(u.all) / 1e6}
}

// settledUsage is diskUsage, after all that was written has its place on the disk.
func settledUsage(ctx context.Context, dir string) (usage, error) {
	if err := settle(ctx); err != nil {
		return usage{}, err
	}
	return diskUsage(dir)
}

// fixed measures what is the same in every round.
func fixed(s sample) func(context.Context, int) (sample, error) {
	return func(context.Context, int) (sample, error) { return s, nil }
}
