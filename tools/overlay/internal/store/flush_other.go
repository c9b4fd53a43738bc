//go:build !linux

package store

import "errors"

func flushAll(string) error { return errors.ErrUnsupported }
