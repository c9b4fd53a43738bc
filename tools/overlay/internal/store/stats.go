package store

import (
	"io/fs"
	"path/filepath"
)

// Stats are how many bytes SDKs take.
type Stats struct {
	SDKs []SDKStats

	Plain  int64 // of all SDKs, each unpacked whole
	ByFile int64 // of all of their files, each once
	Store  int64 // of the store as it is now: objects, packed ones, manifests
	Packed int64 // of those, packed ones
}

// SDKStats are how many bytes one takes.
type SDKStats struct {
	*SDK
	Files  int
	Plain  int64 // unpacked whole
	Own    int64 // of files that no other one has
	Packed int64 // of its packed files
}

// Stats counts bytes of the contents of files: what file systems add is not counted.
func (s *Store) Stats() (*Stats, error) {
	sdks, err := s.List()
	if err != nil {
		return nil, err
	}
	stats := &Stats{}
	users := map[Object]int{}
	manifests := make([]*Manifest, len(sdks))
	for i, sdk := range sdks {
		m, err := s.Manifest(sdk)
		if err != nil {
			return nil, err
		}
		manifests[i] = m
		for o := range m.objects() {
			users[o]++
		}
	}
	packed := map[string]int64{}
	for _, folder := range []string{"objects", "packed", "manifests"} {
		err := eachFile(s.path(folder), func(path string, info fs.FileInfo) error {
			stats.Store += info.Size()
			if folder == "packed" {
				packed[filepath.Base(path)] = info.Size()
				stats.Packed += info.Size()
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for o := range users {
		stats.ByFile += o.Size
	}
	for i, m := range manifests {
		of := SDKStats{SDK: sdks[i], Files: len(m.Files)}
		for _, f := range m.Files {
			of.Plain += f.Size
		}
		for o := range m.objects() {
			if users[o] == 1 {
				of.Own += o.Size
			}
			of.Packed += packed[o.name()]
		}
		stats.Plain += of.Plain
		stats.SDKs = append(stats.SDKs, of)
	}
	return stats, nil
}

// objects returns what the SDK has, each once.
func (m *Manifest) objects() map[Object]bool {
	all := make(map[Object]bool, len(m.Files))
	for _, f := range m.Files {
		all[f.Object] = true
	}
	return all
}
