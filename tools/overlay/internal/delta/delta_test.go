package delta

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-overlay/go_overlay/tools/internal/compress/zstd"
)

// program returns what is like a program: n functions that call each other, after some of
// them another one, and a table of where they are.
func program(n int, added ...int) []byte {
	var text, table []byte
	calls := map[int]int{} // the end of each, and which function it is of
	begin := make([]int, n)
	function := func(seed int) {
		r := rand.New(rand.NewSource(int64(seed)))
		for range 4 + r.Intn(20) {
			text = append(text, random(r, 4+r.Intn(20))...)
			text = append(text, 0xe8, 0, 0, 0, 0)
			calls[len(text)] = r.Intn(n)
		}
		for len(text)%16 != 0 {
			text = append(text, 0xcc)
		}
	}
	for f := range begin {
		begin[f] = len(text)
		table = binary.LittleEndian.AppendUint32(table, uint32(len(text)))
		table = binary.LittleEndian.AppendUint32(table, uint32(f))
		function(f)
		if slices.Contains(added, f) {
			function(n + f)
		}
	}
	for end, f := range calls {
		binary.LittleEndian.PutUint32(text[end-4:], uint32(begin[f]-end))
	}
	return append(text, table...)
}

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func write(t testing.TB, target, base []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, target, base); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(content, base []byte, size int64) ([]byte, error) {
	r, err := NewReader(bytes.NewReader(content), base, size)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	some, other := random(r, 10000), random(r, 10000)
	calls := program(50)
	for _, test := range []struct {
		name         string
		base, target []byte
		most         int // bytes of the delta
	}{
		{"both empty", []byte{}, []byte{}, 100},
		{"target empty", some, []byte{}, 100},
		{"base empty", []byte{}, some, 10100},
		{"no base", nil, some, 10100},
		{"no base, empty", nil, []byte{}, 100},
		{"equal", some, some, 100},
		{"nothing alike", some, other, 10100},
		{"one byte", []byte("a"), []byte("b"), 100},
		{"shorter than a seed", some[:seed-1], some[1:seed], 100},
		{"first half", some, some[:5000], 100},
		{"second half", some, some[5000:], 100},
		{"halves swapped", some, slices.Concat(some[5000:], some[:5000]), 100},
		{"twice", some, slices.Concat(some, some), 100},
		{"between others", some, slices.Concat(other[:999], some[333:7777], other[1111:2222]), 2300},
		{"of another base, too", slices.Concat(some, other), slices.Concat(other[:3333], some[2222:], other[5555:]), 100},
		{"zeros", make([]byte, 100000), make([]byte, 99999), 100},
		{"a period", bytes.Repeat([]byte("abcdefghijklmnopq"), 5000), bytes.Repeat([]byte("abcdefghijklmnop"), 5000), 200},
		{"one byte added", calls, slices.Concat(calls[:1000], []byte{1}, calls[1000:]), 600},
		{"a function added", calls, program(50, 20), 600},
	} {
		t.Run(test.name, func(t *testing.T) {
			content := write(t, test.target, test.base)
			got, err := read(content, test.base, int64(len(test.target)))
			if err != nil || !bytes.Equal(got, test.target) {
				t.Errorf("read %d bytes, expected the %d that were written; %v", len(got), len(test.target), err)
			}
			if len(content) > test.most {
				t.Errorf("wrote %d bytes, expected at most %d", len(content), test.most)
			}
			if err := iotest.TestReader(mustReader(t, content, test.base, len(test.target)), test.target); err != nil {
				t.Error(err)
			}
		})
	}
}

func mustReader(t *testing.T, content, base []byte, size int) io.Reader {
	t.Helper()
	r, err := NewReader(iotest.OneByteReader(bytes.NewReader(content)), base, int64(size))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestWhole checks that what has no base is a frame of zstd, which other tools read.
func TestWhole(t *testing.T) {
	target := program(50)
	decoder, err := zstd.NewReader(bytes.NewReader(write(t, target, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	if got, err := io.ReadAll(decoder); err != nil || !bytes.Equal(got, target) {
		t.Errorf("read %d bytes, expected the %d that were written; %v", len(got), len(target), err)
	}
}

// TestSmall checks the sizes of deltas between programs.
func TestSmall(t *testing.T) {
	t.Run("made", func(t *testing.T) {
		// What is new, some 900 bytes, where it is, and that the table differs from there on.
		checkSmall(t, program(2000, 20, 1300), program(2000), 0.01)
	})
	t.Run("built", func(t *testing.T) {
		if testing.Short() {
			t.Skip("builds programs")
		}
		before, after := build(t, "", ""), build(t, `csv.NewWriter(os.Stdout).Write(os.Args)`, `"encoding/csv"`)
		checkSmall(t, after, before, 0.15)
	})
}

// checkSmall checks that a delta takes at most a part of what the target takes whole.
func checkSmall(t *testing.T, target, base []byte, most float64) {
	t.Helper()
	whole, content := len(write(t, target, nil)), write(t, target, base)
	if got, err := read(content, base, int64(len(target))); err != nil || !bytes.Equal(got, target) {
		t.Fatalf("read %d bytes, expected the %d that were written; %v", len(got), len(target), err)
	}
	t.Logf("%d bytes: %d whole, %d as a delta", len(target), whole, len(content))
	if part := float64(len(content)) / float64(whole); part > most {
		t.Errorf("takes %.4f of what it takes whole, expected at most %v", part, most)
	}
}

// build returns a program, which also does something else: with one more import, for which
// nearly all moves.
func build(t *testing.T, also, of string) []byte {
	t.Helper()
	dir := t.TempDir()
	source := `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	` + of + `
)

func main() {
	out, err := json.Marshal(regexp.MustCompile(os.Args[1]).FindAllString(os.Args[2], -1))
	fmt.Println(string(out), err)
	` + also + `
}`
	main, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "main")
	if err := os.WriteFile(main, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-w", "-o", out, main)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, output)
	}
	content, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestSame checks that what is written is the same on every machine, and today as
// yesterday: who changes the format, or the copy of zstd, changes digests here.
func TestSame(t *testing.T) {
	base, target := program(300), program(300, 100, 200)
	for name, test := range map[string]struct {
		base []byte
		want string
	}{
		"whole": {nil, "3c5f8c0d2c183904519bd5152892f19df72683bbb485c8919e27844c550f3bb4"},
		"delta": {base, "f5b0784ef4c1158377710dd52b9e35765762d5239d8eccb99d0962cc7647c6f4"},
	} {
		digest := sha256.Sum256(write(t, target, test.base))
		if got := hex.EncodeToString(digest[:]); got != test.want {
			t.Errorf("%s: wrote what has the digest %s, expected %s", name, got, test.want)
		}
	}
}

// TestDamaged checks that what is cut off or changed is an error, or makes no difference.
func TestDamaged(t *testing.T) {
	base, target := program(30), program(30, 10)
	for _, base := range [][]byte{nil, base} {
		content := write(t, target, base)
		for n := range content {
			if got, err := read(content[:n], base, int64(len(target))); err == nil {
				t.Errorf("the first %d bytes of %d: read %d bytes, expected an error", n, len(content), len(got))
			}
			for _, bit := range []byte{1, 16, 128} {
				changed := bytes.Clone(content)
				changed[n] ^= bit
				if got, err := read(changed, base, int64(len(target))); err == nil && !bytes.Equal(got, target) {
					t.Errorf("byte %d of %d changed: read something else, expected an error", n, len(content))
				}
			}
		}
		if _, err := read(append(bytes.Clone(content), 0), base, int64(len(target))); err == nil {
			t.Error("a byte after it: expected an error")
		}
	}
}

func TestErrors(t *testing.T) {
	base, target := program(30), program(30, 10)
	size := int64(len(target))
	// What a delta from base has in its frame, beginning with numbers.
	framed := func(rest string, numbers ...int64) []byte {
		var content []byte
		for i, n := range numbers {
			if i >= 3 && i%3 == 0 {
				content = binary.AppendVarint(content, n)
			} else {
				content = binary.AppendUvarint(content, uint64(n))
			}
		}
		return frame(t, content, []byte(rest))
	}
	b := int64(len(base))
	var wide bytes.Buffer
	encoder, err := zstd.NewWriter(&wide, zstd.WithWindowSize(2*window))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // not at once, for it would then have no window
		encoder.Write(make([]byte, window))
	}
	encoder.Close()
	for _, test := range []struct {
		name    string
		content []byte
		base    []byte
		size    int64
		want    string
	}{
		{"empty", nil, nil, size, "has 0 bytes, expected"},
		{"whole, for a delta", write(t, target, nil), base, size, `begins with "(\\x|.)+, expected a delta, which begins with "go_overlay delta 1\\n"`},
		{"delta, for what is whole", write(t, target, base), nil, size, "is a delta, expected what has no base"},
		{"whole, too long", write(t, target, nil), nil, size - 1, `has more than \d+ bytes, expected as many`},
		{"whole, too short", write(t, target, nil), nil, size + 1, `has \d+ bytes, expected \d+`},
		{"whole, for nothing", write(t, make([]byte, 10<<20), nil), nil, 0, "has more than 0 bytes"},
		{"delta, too long", write(t, target, base), base, size - 1, `is of \d+ bytes, expected \d+`},
		{"another base", write(t, target, base), base[1:], size, `is from a base of \d+ bytes, expected \d+`},
		{"far too large", write(t, target, base), base, maxSize + 1, `has \d+ bytes, and its base \d+, expected at most 1073741824`},
		{"less than nothing", write(t, target, base), base, -1, "has -1 bytes"},
		{"zstd's window", wide.Bytes(), nil, 3 * window, "window size exceeded"},
		{"no numbers", framed("\xff"), base, size, "unexpected EOF"},
		{"a number of 70 bits", framed(strings.Repeat("\xff", 10)), base, size, "overflows"},
		{"many runs", framed("", b, 160, 12), base, 160, "has 12 runs, expected at most 11"},
		{"no runs", framed("", b, 160, 0), base, 160, "the runs lack the last 160 bytes of 160"},
		{"runs of less", framed("", b, 160, 1, 0, 100, 59), base, 160, "the runs lack the last 1 bytes of 160"},
		{"runs of more", framed("", b, 160, 1, 0, 100, 61), base, 160, "run 0: is longer than what is left, 60 bytes"},
		{"runs of far more", framed("", b, 160, 1, 0, -1, 0), base, 160, "run 0: is longer than what is left, 160 bytes"},
		{"before the base", framed("", b, 160, 1, -1, 160, 0), base, 160, `run 0: is like 160 bytes from -1 on`},
		{"behind the base", framed("", b, 160, 1, b-159, 160, 0), base, 160, `run 0: is like 160 bytes from \d+ on, which the base with \d+ does not have`},
		{"far behind the base", framed("", b, 160, 1, 1<<62, 160, 0), base, 160, `run 0: is like 160 bytes`},
		{"longer than the base", framed("", b, b+1, 1, 0, b+1, 0), base, b + 1, `run 0: is like \d+ bytes from 0 on`},
		{"no ways", framed("", b, 160, 1, 0, 160, 0), base, 160, "unexpected EOF"},
		{"an unknown way", framed("\x02", b, 160, 1, 0, 160, 0), base, 160, "differences are told in way 2, expected at most 1"},
		{"nothing that is like nothing", framed("", b, 160, 1, 0, 0, 160), base, 160, "unexpected EOF"},
		{"no differences", framed("\x00", b, 160, 1, 0, 160, 0), base, 160, "unexpected EOF"},
		{"more than differences", framed("\x00"+strings.Repeat("\x00", 161), b, 160, 1, 0, 160, 0), base, 160, "goes on after the last run"},
	} {
		if _, err := read(test.content, test.base, test.size); err == nil || !regexp.MustCompile(test.want).MatchString(err.Error()) {
			t.Errorf("%s: got the error %v, expected %s", test.name, err, test.want)
		}
	}
	full := errors.New("disk full")
	for _, base := range [][]byte{nil, base} {
		if err := Write(writer{full}, target, base); err != full {
			t.Errorf("wrote with the error %v, expected %v", err, full)
		}
		if _, err := NewReader(iotest.ErrReader(full), base, size); err != full {
			t.Errorf("read with the error %v, expected %v", err, full)
		}
	}
}

type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }

// TestPromises reads the head of a delta that was tampered with, which promises far more than there is.
func TestPromises(t *testing.T) {
	base := make([]byte, 1<<10)
	var head []byte
	for _, n := range []uint64{uint64(len(base)), maxSize, maxSize / seed} {
		head = binary.AppendUvarint(head, n)
	}
	b := bytes.NewBufferString(magic)
	w, err := zstd.NewWriter(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(append(head, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := NewReader(b, base, maxSize); err == nil {
		t.Error("no error")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 100<<20 {
		t.Errorf("it took %d MB", took>>20)
	}
}

// TestMemory checks how much memory processes have at most that write and read a delta of
// the largest tool of Go, 26 MB.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a large delta")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("it takes Linux: ", err)
	}
	dir := t.TempDir()
	base := program(115000)
	target := slices.Concat(base[:len(base)/3], []byte("something new"), base[len(base)/3:])
	for name, content := range map[string][]byte{"base": base, "target": target} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// The test is the process, too, of another test.
	for _, verb := range []string{"write", "read"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryOf$", "-test.v")
		cmd.Env = append(os.Environ(), "GO_OVERLAY_TEST_DELTA="+verb)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", verb, err, out)
		}
		t.Logf("%s: %s", verb, regexp.MustCompile(`has \d+ MB.*`).Find(out))
	}
}

func TestMemoryOf(t *testing.T) {
	verb := os.Getenv("GO_OVERLAY_TEST_DELTA")
	if verb == "" {
		t.Skip("for TestMemory")
	}
	base, err := os.ReadFile("base")
	if err != nil {
		t.Fatal(err)
	}
	var most int
	if verb == "write" {
		target, err := os.ReadFile("target")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("delta", write(t, target, base), 0o666); err != nil {
			t.Fatal(err)
		}
		most = 230
	} else {
		in, err := os.Open("delta")
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		target, err := os.Stat("target")
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(in, base, target.Size())
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Fatal(err)
		}
		most = 90
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	kilobytes, err := strconv.Atoi(string(regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)[1]))
	if got := kilobytes >> 10; err != nil || got > most {
		t.Errorf("has %d MB, expected at most %d; %v", got, most, err)
	} else {
		t.Logf("has %d MB, with a base of %d", got, len(base)>>20)
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{}, []byte{})
	f.Add(program(3), program(3, 1))
	f.Add(program(3, 1), program(4))
	f.Fuzz(func(t *testing.T, base, target []byte) {
		if base == nil {
			base = []byte{}
		}
		content := frame(t, difference(target, base)...)
		if got, err := read(content, base, int64(len(target))); err != nil || !bytes.Equal(got, target) {
			t.Errorf("read %x, expected %x; %v", got, target, err)
		}
	})
}

// FuzzRead reads what may be anything, as it is, and as what is in the frame of a delta.
func FuzzRead(f *testing.F) {
	base, target := program(3), program(3, 1)
	f.Add(write(f, target, nil), uint16(len(target)))
	f.Add(write(f, target, base), uint16(len(target)))
	f.Add(slices.Concat(difference(target, base)...), uint16(len(target)))
	f.Fuzz(func(t *testing.T, content []byte, size uint16) {
		for _, content := range [][]byte{content, frame(t, content)} {
			for _, base := range [][]byte{nil, base} {
				if got, err := read(content, base, int64(size)); err == nil && len(got) != int(size) || len(got) > int(size) {
					t.Errorf("read %d bytes, expected %d; %v", len(got), size, err)
				}
			}
		}
	})
}

// frame returns a delta with what is in its frame, which takes less time than Write.
func frame(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	return encoder.EncodeAll(slices.Concat(parts...), []byte(magic))
}
