package gosdk

import "testing"

func TestParsePlatform(t *testing.T) {
	for text, want := range map[string]Platform{
		"linux_amd64":  {"linux", "amd64"},
		"darwin/arm64": {"darwin", "arm64"},
	} {
		if got, err := ParsePlatform(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "linux", "linux_", "a_b_c", "Linux_amd64", "../x"} {
		if got, err := ParsePlatform(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func TestBinary(t *testing.T) {
	for _, test := range []struct {
		platform      Platform
		command, name string
	}{
		{Platform{"linux", "amd64"}, "go", "bin/go"},
		{Platform{"windows", "arm64"}, "gofmt", "bin/gofmt.exe"},
		{Platform{"linux", "amd64"}, "asm", "pkg/tool/linux_amd64/asm"},
		{Platform{"windows", "amd64"}, "asm", "pkg/tool/windows_amd64/asm.exe"},
	} {
		if got := test.platform.Binary(test.command); got != test.name {
			t.Errorf("%v %s: got %s", test.platform, test.command, got)
		}
		if got := test.platform.Command(test.name); got != test.command {
			t.Errorf("%v %s: got %s", test.platform, test.name, got)
		}
	}
	for _, name := range []string{"bin/asm", "pkg/tool/linux_amd64/go", "pkg/tool/linux_arm64/asm", "bin/", "asm"} {
		if got := (Platform{"linux", "amd64"}).Command(name); got != "" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
