package desk

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
)

// directive matches gazelle's directives that say which label an import path has.
var directive = regexp.MustCompile(`^#\s*gazelle:(resolve|resolve_regexp)\s+(.*)$`)

// directed returns the label that gazelle's directives resolve and resolve_regexp have for an import path, in the BUILD file of a package or of
// one above it, the nearest first; or an empty string. As gazelle does, it prefers those that name the whole path.
func (d *Desk) directed(pkg, importPath string) (string, error) {
	byRegexp := ""
	for folder := pkg; ; folder = strings.TrimPrefix(path.Dir(folder), ".") {
		file := buildfile.Path(filepath.Join(d.Workspace.Root, filepath.FromSlash(folder)))
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		lines := strings.Split(string(content), "\n")
		for i := len(lines) - 1; i >= 0; i-- { // The last one counts.
			match := directive.FindStringSubmatch(strings.TrimSpace(lines[i]))
			if match == nil {
				continue
			}
			// [language of what imports] language of what is imported, import path, label
			words := strings.Fields(match[2])
			if n := len(words); n < 3 || n > 4 || words[0] != "go" || words[n-3] != "go" {
				continue
			}
			imported, label := words[len(words)-2], words[len(words)-1]
			if !strings.HasPrefix(label, "@") && !strings.HasPrefix(label, "//") {
				label = "//" + folder + ":" + strings.TrimPrefix(label, ":")
			}
			if match[1] == "resolve" {
				if imported == importPath {
					return label, nil
				}
				continue
			}
			pattern, err := regexp.Compile(imported)
			if err != nil {
				return "", fmt.Errorf("%s:%d: gazelle:resolve_regexp has what is no regular expression: %w", d.rel(file), i+1, err)
			}
			if pattern.MatchString(importPath) && byRegexp == "" {
				byRegexp = label
				if strings.Contains(label, "$") {
					byRegexp = pattern.ReplaceAllString(importPath, label)
				}
			}
		}
		if folder == "" {
			return byRegexp, nil
		}
	}
}
