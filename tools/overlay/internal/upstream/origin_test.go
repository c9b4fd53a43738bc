package upstream

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLocate(t *testing.T) {
	cache := t.TempDir()
	info := filepath.Join(cache, "cache", "download", "go.example.com", "!mono", "sub", "v3", "@v", "v3.1.0.info")
	if err := os.MkdirAll(filepath.Dir(info), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(info, []byte(`{"Version":"v3.1.0","Origin":{"VCS":"git","URL":"https://example.com/x","Subdir":"go/sub"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for module, want := range map[string]Location{
		"github.com/google/uuid":                        {Known: true},
		"github.com/jackc/pgx/v5":                       {Known: true, Major: "v5"},
		"github.com/aws/aws-sdk-go-v2/service/s3":       {Folder: "service/s3", Known: true},
		"github.com/Azure/sdk/messaging/eventhubs/v2":   {Folder: "messaging/eventhubs", Known: true, Major: "v2"},
		"golang.org/x/net":                              {Known: true},
		"golang.org/x/tools/gopls":                      {Folder: "gopls", Known: true},
		"google.golang.org/grpc/cmd/protoc-gen-go-grpc": {Folder: "cmd/protoc-gen-go-grpc", Known: true},
		"k8s.io/client-go":                              {Known: true},
		"gitlab.com/group/project/v2":                   {Known: true, Major: "v2"},
		"gitlab.com/group/subgroup/project":             {},
		"gopkg.in/yaml.v3":                              {Known: true},
		"gopkg.in/go-playground/validator.v9":           {Known: true},
		"go.example.com/Mono/sub/v3":                    {Folder: "go/sub", Known: true, Major: "v3"},
		"go.example.com/other/v3":                       {Major: "v3"},
		"rsc.example.com/quote":                         {},
		"github.com/short":                              {},
	} {
		if got := Locate([]string{cache}, module, "v3.1.0"); got != want {
			t.Errorf("%s: got %+v, want %+v", module, got, want)
		}
	}
}
