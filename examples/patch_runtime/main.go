// Program patch_runtime prints the IDs of goroutines, which only the runtime knows.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	other := make(chan uint64)
	go func() { other <- runtime.Goid() }()
	fmt.Println("different goroutines:", runtime.Goid() != <-other)
}
