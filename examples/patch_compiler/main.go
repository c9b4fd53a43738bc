// Program patch_compiler tells whether the compiler has inlined one of its functions.
package main

import (
	"fmt"
	"runtime"
)

// entry returns where the function begins that it is compiled into.
func entry() uintptr {
	pc, _, _, _ := runtime.Caller(0)
	return runtime.FuncForPC(pc).Entry()
}

func main() {
	pc, _, _, _ := runtime.Caller(0)
	fmt.Println("compiled by", runtime.Version())
	fmt.Println("inlined:", entry() == runtime.FuncForPC(pc).Entry())
}
