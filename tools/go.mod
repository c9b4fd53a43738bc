module github.com/go-overlay/go_overlay/tools

go 1.22
