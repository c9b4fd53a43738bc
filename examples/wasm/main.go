// Command app says where it runs.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

func main() {
	fmt.Printf("hello from %s/%s %s\n", runtime.GOOS, runtime.GOARCH, strings.Join(os.Args[1:], " "))
}
