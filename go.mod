module github.com/go-overlay/go_overlay

go 1.25.0

require (
	github.com/bazelbuild/buildtools v0.0.0-20260904073137-eaa4d125b423
	github.com/rogpeppe/go-internal v1.14.1
	golang.org/x/mod v0.40.0
	golang.org/x/tools v0.49.0
)

require (
	github.com/golang/protobuf v1.5.0 // indirect
	github.com/google/safeopen v0.0.0-20260327150837-43626d6f4685 // indirect
	golang.org/x/sys v0.47.0 // indirect
	google.golang.org/protobuf v1.33.0 // indirect
)

tool github.com/bazelbuild/buildtools/buildifier
