//go:build !linux

package e2e

import "errors"

var errDisk = errors.New("only tried on Linux")

func mountDisk(string) error       { return errDisk }
func unmountDisk(string) error     { return errDisk }
func fillDisk(string, int64) error { return errDisk }
func freeDisk(string) error        { return errDisk }
