// Command app prints by which Go, for what, and in which mode it was built.
package main

import (
	"crypto/fips140"
	"fmt"
	"runtime"
)

func main() {
	mode := ""
	if fips140.Enabled() {
		mode = " fips140"
	}
	fmt.Printf("%s %s/%s%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, mode)
}
