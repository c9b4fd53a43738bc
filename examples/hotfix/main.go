// Command app shows what a package of UUIDs is made to do by a file more, files
// less, a diff, and an import that it did not have.
package main

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

func main() {
	id := uuid.New()
	fmt.Println("uuid: made", id)
	if short, ok := any(id).(interface{ Short() string }); ok {
		fmt.Println("uuid: in short", short.Short())
	}
	_, storable := any(id).(driver.Valuer)
	fmt.Println("uuid: for databases:", storable)
}
