//go:build unix

package store

import "syscall"

var (
	errNotDir   error = syscall.ENOTDIR
	errReadOnly error = syscall.EROFS
)
