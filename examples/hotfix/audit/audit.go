// Package audit counts what is handed out.
package audit

import "fmt"

var count int

// HandedOut counts one more of what.
func HandedOut(what string) {
	count++
	fmt.Printf("audit: %s %d\n", what, count)
}
