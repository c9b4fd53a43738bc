package sdklock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// Name is that of the lock file.
const Name = "go_sdk.lock.json"

// lockVersion is the version of the format, which Starlark reads, too.
const lockVersion = 1

// An Entry is what the lock file knows of an SDK.
type Entry struct {
	H1     string `json:"h1"`
	SHA256 string `json:"sha256"`
}

var (
	sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)
	h1Form     = regexp.MustCompile(`^h1:[A-Za-z0-9+/]{43}=$`)
)

// newEntry returns an entry with the fields of a JSON object, and an error if it is
// not one that builds take.
func newEntry(fields map[string]any) (Entry, error) {
	if len(fields) != 2 {
		return Entry{}, fmt.Errorf("expected h1 and sha256, found %s", asJSON(fields))
	}
	sha256, _ := fields["sha256"].(string)
	if !sha256Form.MatchString(sha256) {
		return Entry{}, fmt.Errorf("sha256 is %s, expected 64 hex digits in lower case", asJSON(fields["sha256"]))
	}
	h1, _ := fields["h1"].(string)
	if !h1Form.MatchString(h1) {
		return Entry{}, fmt.Errorf("h1 is %s, expected h1: and 44 characters of base64", asJSON(fields["h1"]))
	}
	return Entry{H1: h1, SHA256: sha256}, nil
}

func asJSON(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// A difference is a field that has two values.
type difference struct{ name, before, after string }

func (e Entry) differences(other Entry) []difference {
	var differences []difference
	for _, d := range []difference{
		{"h1", e.H1, other.H1},
		{"sha256", e.SHA256, other.SHA256},
	} {
		if d.before != d.after {
			differences = append(differences, d)
		}
	}
	return differences
}

// A File is the content of a lock file.
type File struct {
	exists bool
	sdks   map[string]map[gosdk.Platform]Entry // by version
}

// Entry returns the entry of an SDK.
func (f *File) Entry(s sdkmodule.SDK) (e Entry, ok bool) {
	e, ok = f.sdks[s.Version][s.Platform]
	return e, ok
}

// SDKs returns those that there are entries for, in the order of the file.
func (f *File) SDKs() []sdkmodule.SDK {
	var sdks []sdkmodule.SDK
	for version, platforms := range f.sdks {
		for platform := range platforms {
			sdks = append(sdks, sdkmodule.SDK{Version: version, Platform: platform})
		}
	}
	return sortSDKs(sdks)
}

func (f *File) versions() []string {
	var versions []string
	for version := range f.sdks {
		versions = append(versions, version)
	}
	slices.SortFunc(versions, sdkmodule.CompareVersions)
	return versions
}

// defaultPlatforms returns those that there are entries for. An empty file is for
// the platform that this runs on.
func (f *File) defaultPlatforms() []gosdk.Platform {
	if platforms := f.platformsOf(f.versions()...); len(platforms) > 0 {
		return platforms
	}
	return []gosdk.Platform{gosdk.Host}
}

func (f *File) platformsOf(versions ...string) []gosdk.Platform {
	var platforms []gosdk.Platform
	for _, version := range versions {
		for platform := range f.sdks[version] {
			platforms = append(platforms, platform)
		}
	}
	slices.SortFunc(platforms, func(a, b gosdk.Platform) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(platforms)
}

// set makes an entry, and returns lines that tell the user.
func (f *File) set(s sdkmodule.SDK, e Entry) []string {
	before, ok := f.sdks[s.Version][s.Platform]
	if f.sdks[s.Version] == nil {
		f.sdks[s.Version] = map[gosdk.Platform]Entry{}
	}
	f.sdks[s.Version][s.Platform] = e
	if !ok {
		return []string{fmt.Sprintf("added %v", s)}
	}
	if before == e {
		return []string{fmt.Sprintf("unchanged %v", s)}
	}
	lines := []string{fmt.Sprintf("changed %v", s)}
	for _, d := range before.differences(e) {
		lines = append(lines, fmt.Sprintf("  %s: %q is now %q", d.name, d.before, d.after))
	}
	return lines
}

// Read reads a lock file, of which it expects nothing but what write writes:
// the other reader, toolchains/private/sdk/sdk_lock.bzl, must not understand it in
// another way. There need not be one.
func Read(path string) (*File, error) {
	f := &File{sdks: map[string]map[gosdk.Platform]Entry{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the lock file: %w", err)
	}
	f.exists = true
	if err := f.parse(data); err != nil {
		return nil, fmt.Errorf("the lock file %s: %w", path, err)
	}
	return f, nil
}

func (f *File) parse(data []byte) error {
	// First, for another version may have anything else in it.
	var versioned struct {
		LockVersion json.RawMessage `json:"lock_version"`
	}
	if err := json.Unmarshal(data, &versioned); err != nil {
		return fmt.Errorf("expected JSON as this command writes it: %w", err)
	}
	if got := string(versioned.LockVersion); got != fmt.Sprint(lockVersion) {
		if got == "" {
			got = "none"
		}
		return fmt.Errorf("expected lock_version %d, found %s; the go_overlay that wrote it is another, so use that version, or make the file anew",
			lockVersion, got)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	hasSDKs := false
	err := object(decoder, "the lock file", func(field string) error {
		switch field {
		case "lock_version":
			return decoder.Decode(new(int))
		case "sdks":
			hasSDKs = true
			return object(decoder, field, func(version string) error {
				return f.parseVersion(decoder, version)
			})
		default:
			return unknown(field)
		}
	})
	if err == nil && !hasSDKs {
		err = errors.New("sdks is missing; of a file without SDKs it is {}")
	}
	return err
}

func (f *File) parseVersion(decoder *json.Decoder, version string) error {
	if parsed, err := sdkmodule.ParseVersion(version); err != nil {
		return err
	} else if parsed != version {
		return fmt.Errorf("expected the version %q, found %q", parsed, version)
	}
	f.sdks[version] = map[gosdk.Platform]Entry{}
	return object(decoder, version, func(name string) error {
		platform, err := gosdk.ParsePlatform(name)
		if err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
		if platform.String() != name {
			return fmt.Errorf("%s: expected the platform %q, found %q", version, platform, name)
		}
		fields := map[string]any{}
		err = object(decoder, version+" "+name, func(field string) error {
			if field != "h1" && field != "sha256" {
				return fmt.Errorf("%s %s: %w", version, name, unknown(field))
			}
			var value any
			err := decoder.Decode(&value)
			fields[field] = value
			return err
		})
		if err != nil {
			return err
		}
		e, err := newEntry(fields)
		if err != nil {
			return fmt.Errorf("%s %s: %w; to make the entry anew, delete it, and lock the version again", version, name, err)
		}
		f.sdks[version][platform] = e
		return nil
	})
}

func unknown(field string) error {
	return fmt.Errorf("unknown field %q; is the file from a newer go_overlay?", field)
}

// object reads an object, the value of each member by a call of member. Package
// json itself would take a name in capitals for another, and the last of two.
func object(decoder *json.Decoder, what string, member func(name string) error) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return fmt.Errorf("%s: expected an object, found %v", what, token)
	}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name := token.(string) // Otherwise it is no JSON.
		if seen[name] {
			return fmt.Errorf("%s has %q twice", what, name)
		}
		seen[name] = true
		if err := member(name); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// marshal returns the content of the file. The order is fixed, so that a change
// is a small diff.
func (f *File) marshal() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"lock_version": %d, "sdks": {`, lockVersion)
	comma := ""
	for _, version := range f.versions() {
		if len(f.sdks[version]) == 0 {
			continue
		}
		data, err := json.Marshal(f.sdks[version]) // It sorts the platforms by their names.
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s%q: %s", comma, version, data)
		comma = ","
	}
	b.WriteString("}}\n")
	var indented bytes.Buffer
	err := json.Indent(&indented, b.Bytes(), "", "  ")
	return indented.Bytes(), err
}

// write writes the file, unless it is so already. A file keeps its mode.
func (f *File) write(path string) error {
	data, err := f.marshal()
	if err != nil {
		return err
	}
	file := output.File{Path: path, Content: data}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, data) {
			return nil
		}
		file.Mode = info.Mode().Perm()
	}
	return output.Write(file)
}
