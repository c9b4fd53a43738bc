package workspace

import "testing"

func TestEmbeddedName(t *testing.T) {
	for _, test := range []struct{ overlay, prefix, label, want string }{
		{"//o:x", "", "//o:files/a.txt", "files/a.txt"},
		{"//o:x", "uuid", "//o:uuid/files/a.txt", "files/a.txt"},
		{"//o:x", "uuid", "//o/uuid:files/a.txt", "files/a.txt"},
		{"//o:x", "", "//o/uuid:a.txt", "uuid/a.txt"},
		{"//o:x", "", "//other:files/a.txt", "files/a.txt"},
		{"//o:x", "", "@lib//pkg:files/a.txt", "files/a.txt"},
		{"//:x", "", "//pkg:a.txt", "pkg/a.txt"},
	} {
		if got := embeddedName(Overlay{Label: test.overlay, StripPrefix: test.prefix}, test.label); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}
