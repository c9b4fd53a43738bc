package store

import "syscall"

var (
	errNotDir   error = syscall.ENOTDIR
	errReadOnly error = syscall.Errno(19) // ERROR_WRITE_PROTECT
)
