package pkg

// C replaces c.go on every system, whatever the name of this file says.
func C() string { return "c_windows.go" }
