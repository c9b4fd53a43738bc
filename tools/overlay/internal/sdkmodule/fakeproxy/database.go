//go:build go1.24

package fakeproxy

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"math/bits"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// DatabaseName is the name of the checksum database.
const DatabaseName = "sums.example"

// A Database is a checksum database of toolchains, for so few that one tile has all of
// its tree. The go command, which verifies all that it says, is the judge of it: a
// module that requires none has to do without golang.org/x/mod/sumdb.
type Database struct {
	Key    string              // that signatures can be verified with
	sign   func([]byte) string // a line with a signature
	record func(version string) (content string, ok bool)

	mu      sync.Mutex
	records []string // in the order in which they were first asked for
}

// NewDatabase makes one with a key of its own. Record returns what it has of a version of the module.
func NewDatabase(t *testing.T, record func(version string) (content string, ok bool)) *Database {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const algorithm = "\x01"
	key := algorithm + string(public)
	id := sha256.Sum256([]byte(DatabaseName + "\n" + key))
	return &Database{
		Key: fmt.Sprintf("%s+%x+%s", DatabaseName, id[:4], base64.StdEncoding.EncodeToString([]byte(key))),
		sign: func(text []byte) string {
			signature := append(id[:4:4], ed25519.Sign(private, text)...)
			return fmt.Sprintf("— %s %s\n", DatabaseName, base64.StdEncoding.EncodeToString(signature))
		},
		record: record,
	}
}

func (d *Database) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if version, ok := strings.CutPrefix(r.URL.Path, "/lookup/"+sdkmodule.Path+"@"); ok {
		record, ok := d.record(version)
		if !ok {
			http.NotFound(w, r)
			return
		}
		id := slices.Index(d.records, record)
		if id < 0 {
			id = len(d.records)
			d.records = append(d.records, record)
		}
		tree := fmt.Appendf(nil, "go.sum database tree\n%d\n%s\n", len(d.records), base64.StdEncoding.EncodeToString(treeHash(d.leaves())))
		fmt.Fprintf(w, "%d\n%s\n%s\n%s", id, record, tree, d.sign(tree))
		return
	}
	width, ok := strings.CutPrefix(r.URL.Path, "/tile/8/0/000.p/")
	n, err := strconv.Atoi(width)
	if !ok || err != nil || n > len(d.records) {
		http.NotFound(w, r)
		return
	}
	for _, leaf := range d.leaves()[:n] {
		w.Write(leaf)
	}
}

// leaves are the hashes of the records, and treeHash is that of all, as in RFC 6962.
func (d *Database) leaves() (leaves [][]byte) {
	for _, record := range d.records {
		leaf := sha256.Sum256([]byte("\x00" + record))
		leaves = append(leaves, leaf[:])
	}
	return leaves
}

func treeHash(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	left := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	hash := sha256.Sum256(slices.Concat([]byte{1}, treeHash(leaves[:left]), treeHash(leaves[left:])))
	return hash[:]
}

// h1Sum is the sum of files that the database has.
func h1Sum(files map[string]string) string {
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(all, "%x  %s\n", sha256.Sum256([]byte(files[name])), name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(all.Sum(nil))
}
