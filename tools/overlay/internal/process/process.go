// Package process lets a program become another one.
package process

import "os"

// A Program is what to run.
type Program struct {
	Path string
	Args []string // with the name that it is called by first
	Env  []string
	Dir  string     // or empty: the working folder
	Held []*os.File // locks, which end when it has ended, and all that it has started
}
