package pkg

// A says which file it is in.
func A() string { return "a.go" }
