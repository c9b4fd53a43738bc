package pkg

// B says which file it is in.
func B() string { return "patched_b.go" }
