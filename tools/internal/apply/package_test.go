package apply

import "testing"

func TestEmbeds(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"data.txt", "data.txt", true},
		{"data.txt", "_o/data.txt", false},
		{"*.txt", "data.txt", true},
		{"*.txt", "a/data.txt", false},
		{"a", "a/b/data.txt", true},
		{"a", "a/.hidden", false},
		{"a", "a/_b/data.txt", false},
		{"a/*", "a/_b/data.txt", true}, // What a pattern names itself is not hidden.
		{"all:a", "a/.hidden", true},
		{"*", "_o/data.txt", true},
		{"[", "[", false},
	} {
		if got := embeds([]string{"other", test.pattern}, test.name); got != test.want {
			t.Errorf("%s for %s: got %t", test.pattern, test.name, got)
		}
	}
}

func TestLikelyLabelOfModule(t *testing.T) {
	for importPath, want := range map[string]string{
		"github.com/google/uuid":                 "@com_github_google_uuid//:uuid",
		"github.com/google/go-cmp/cmp":           "@com_github_google_go_cmp//cmp",
		"github.com/golang-jwt/jwt/v4":           "@com_github_golang_jwt_jwt_v4//:jwt",
		"github.com/google/go-github/v58/github": "@com_github_google_go_github_v58//github",
		"golang.org/x/time/rate":                 "@org_golang_x_time//rate",
		"k8s.io/client-go/util/retry":            "@io_k8s_client_go//util/retry",
		"go.uber.org/zap":                        "@org_uber_go_zap//:zap",
		"gopkg.in/yaml.v3":                       "@in_gopkg_yaml_v3//:yaml_v3",
		"example.com":                            "@com_example//:example_com",
	} {
		if got := likelyLabelOfModule(importPath); got != want {
			t.Errorf("%s: got %s, want %s", importPath, got, want)
		}
	}
}

func TestLikelyLabel(t *testing.T) {
	for _, test := range []struct{ target, importPath, imported, want string }{
		{"@@//lib:lib", "example.com/app/lib", "example.com/app/util/log", "//util/log"},
		{"@@//lib:lib", "example.com/app/lib", "example.com/app", "//:app"},
		{"@@//:app", "example.com/app", "example.com/app/util", "//util"},
		{"@@//lib:lib", "example.com/app/lib", "example.com/apple", "@com_example_apple//:apple"},
		{"@@//lib:lib", "example.com/app/lib", "golang.org/x/time/rate", "@org_golang_x_time//rate"},
		// The folder says nothing of the module's path.
		{"@@//src/lib:lib", "example.com/app/lib", "example.com/app/util", "@com_example_app//util"},
		{"@@//src:src", "src", "example.com/util", "@com_example_util//:util"},
		{"@@m+//lib:lib", "example.com/m/lib", "example.com/m/util", "@com_example_m//util"},
	} {
		m := &manifest{Target: test.target, ImportPath: test.importPath}
		if got := m.likelyLabel(test.imported); got != test.want {
			t.Errorf("%s of %s: got %s, want %s", test.imported, test.target, got, test.want)
		}
	}
}
