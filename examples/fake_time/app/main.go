// Program app has the clock that every program has.
package main

import (
	"fmt"
	"time"

	token "github.com/go-overlay/go_overlay/examples/fake_time"
)

func main() {
	fmt.Println("valid:", token.New(time.Hour).Valid())
}
