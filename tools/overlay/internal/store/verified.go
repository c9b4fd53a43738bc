package store

import "path/filepath"

// setVerified remembers that an SDK is what the checksum database has published. That is so of these files for ever, whatever they are called.
func (s *Store) setVerified(id Digest) error {
	if s.IsVerified(id) {
		return nil
	}
	dir, err := s.folder("verified")
	if err != nil {
		return err
	}
	return writeFlushed(filepath.Join(dir, id.String()), nil)
}

// IsVerified tells whether an SDK was installed as [InstallOptions.Verified].
func (s *Store) IsVerified(id Digest) bool { return exists(s.path("verified", id.String())) }
