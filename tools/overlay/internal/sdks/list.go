package sdks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdksource"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// An entry is what JSON has of an SDK.
type entry struct {
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Platform string    `json:"platform"`
	Digest   string    `json:"digest"`
	GOROOT   string    `json:"goroot"`
	State    string    `json:"state"` // ready or packed
	Current  bool      `json:"current"`
	Pinned   bool      `json:"pinned"`
	LastUsed time.Time `json:"last_used"`
}

func entryOf(sdk *store.SDK) entry {
	return entry{
		Name: sdk.Name, Version: sdk.Version, Platform: sdk.Platform.String(), Digest: sdk.ID.String(), GOROOT: sdk.Tree,
		State: state(sdk), Current: sdk.Current, Pinned: sdk.Pinned, LastUsed: sdk.LastUsed.UTC().Truncate(time.Second),
	}
}

func state(sdk *store.SDK) string {
	if sdk.LaidOut {
		return "ready"
	}
	return "packed"
}

// List lists the SDKs that are installed.
func (s *SDKs) List(asJSON bool) error {
	all, err := s.Store.List() // Those that can be read are listed, whatever is wrong with others.
	if asJSON {
		entries := []entry{}
		for _, sdk := range all {
			entries = append(entries, entryOf(sdk))
		}
		return errors.Join(s.writeJSON(entries), err)
	}
	if len(all) == 0 && err == nil {
		return s.tellNone()
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, sdk := range all {
		marks := []string{state(sdk)}
		if sdk.Current {
			marks = append(marks, "current")
		}
		if sdk.Pinned {
			marks = append(marks, "pinned")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", sdk.Name, sdk.Version, sdk.Platform, sdk.LastUsed.Format(time.DateTime), strings.Join(marks, ", "))
	}
	return errors.Join(w.Flush(), err)
}

// tellNone says that no SDK is installed.
func (s *SDKs) tellNone() error {
	_, err := fmt.Fprintf(s.Err, "no Go SDK is installed in %s; next: overlay sdk install VERSION\n", s.Store.Dir)
	return err
}

// ListRemote lists the versions that GOPROXY has.
func (s *SDKs) ListRemote(ctx context.Context, platform gosdk.Platform, asJSON bool) error {
	if platform == (gosdk.Platform{}) {
		platform = gosdk.Host
	}
	versions, err := sdksource.Remote(ctx, platform)
	if err != nil {
		return err
	}
	if asJSON {
		return s.writeJSON(versions)
	}
	_, err = fmt.Fprintln(s.Out, strings.Join(versions, "\n"))
	return err
}

func (s *SDKs) writeJSON(value any) error {
	e := json.NewEncoder(s.Out)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// Stats tells how many bytes SDKs take.
func (s *SDKs) Stats(asJSON bool) error {
	stats, err := s.Store.Stats()
	if err != nil {
		return err
	}
	type sizes struct {
		entry
		Files  int   `json:"files"`
		Plain  int64 `json:"plain_bytes"`
		Own    int64 `json:"own_bytes"`
		Packed int64 `json:"packed_bytes"`
	}
	if asJSON {
		all := struct {
			Plain  int64   `json:"plain_bytes"`
			ByFile int64   `json:"by_file_bytes"`
			Store  int64   `json:"store_bytes"`
			Packed int64   `json:"packed_bytes"`
			SDKs   []sizes `json:"sdks"`
		}{stats.Plain, stats.ByFile, stats.Store, stats.Packed, []sizes{}}
		for _, of := range stats.SDKs {
			all.SDKs = append(all.SDKs, sizes{entryOf(of.SDK), of.Files, of.Plain, of.Own, of.Packed})
		}
		return s.writeJSON(all)
	}
	if len(stats.SDKs) == 0 && stats.Store == 0 {
		return s.tellNone()
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "name\tfiles\tplain\tof its own\tpacked\t")
	for _, of := range stats.SDKs {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t\n", of.Name, of.Files, size(of.Plain), size(of.Own), size(of.Packed))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(s.Out)
	for _, line := range []struct {
		what  string
		bytes int64
	}{{"plain", stats.Plain}, {"each file once", stats.ByFile}, {"this store", stats.Store}} {
		if _, err := fmt.Fprintf(s.Out, "%-15s %10s %s\n", line.what, size(line.bytes), bar(line.bytes, stats.Plain)); err != nil {
			return err
		}
	}
	return nil
}

// bar draws a number of bytes, and says how much of another that is.
func bar(bytes, of int64) string {
	const width = 40
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%s %.1f %%", strings.Repeat("█", int(bytes*width/of)), float64(bytes)*100/float64(of))
}
