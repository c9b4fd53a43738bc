package upstream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
)

// FirstParty finds a file of the workspace in its history, as git knows it: the newest that
// has the digest, of the current branch first. The name of the file is relative to a folder
// in the repository, which has to exist; the file itself need not.
func (o Options) FirstParty(ctx context.Context, folder, name string, text Text) (Found, error) {
	s, err := o.search(ctx, text)
	if err != nil {
		return Found{}, err
	}
	for _, where := range []struct{ revisions, name string }{
		{"HEAD", "the history of the current branch"},
		{"--all", "the history of all branches"},
	} {
		place := fmt.Sprintf("%s in %s", where.name, folder)
		found, n, err := s.history(folder, name, where.revisions)
		if err != nil {
			if ctx.Err() != nil {
				break
			}
			s.failed(place, err)
			if errors.As(err, new(*git.MissingError)) {
				break
			}
			continue
		}
		if found.Commit != "" {
			found.Place = folder
			return found, nil
		}
		s.note("%s: %d versions of %s, which all differ", place, n, name)
	}
	return Found{}, s.notFound("The overlay may have been made for a text that was never committed. Compare it with the file as it is now, and accept that as its base.\n" +
		"A shallow clone may lack the old text. To get all of its history:\n  git fetch --unshallow")
}

// history searches the versions of a file, and returns how many it has seen.
func (s *search) history(folder, name, revisions string) (found Found, n int, err error) {
	// --root, and the others with "no", are for settings of the user's. Those as such have to
	// be in force: without safe.directory, git may not even look at the repository.
	cmd, err := git.Command(s.ctx, folder, "log", revisions, "--follow", "--full-history", "-m", "--raw", "--no-abbrev",
		"--root", "--no-color", "--no-show-signature", "--no-ext-diff", "--format=%H", "--", name)
	if err != nil {
		return Found{}, 0, err
	}
	s.isOffline(&cmd.Env)
	log, err := git.Output(s.ctx, cmd)
	if err != nil {
		return Found{}, 0, err
	}
	var blobs []string
	commits := map[string]string{} // by blob
	commit := ""
	for _, line := range strings.Split(string(log), "\n") {
		// :100644 100644 OLD NEW M	NAME
		switch fields := strings.Fields(line); {
		case !strings.HasPrefix(line, ":"):
			if line != "" {
				commit = line
			}
		case len(fields) > 4 && strings.HasPrefix(fields[1], "100") && commits[fields[3]] == "":
			commits[fields[3]] = commit
			blobs = append(blobs, fields[3])
		}
	}
	if len(blobs) == 0 {
		return Found{}, 0, nil
	}
	blob, content, err := s.findBlob(folder, blobs)
	return Found{Content: content, Commit: commits[blob]}, len(blobs), err
}

// findBlob returns the first blob that has the digest.
func (s *search) findBlob(folder string, blobs []string) (blob string, content []byte, err error) {
	ctx, cancel := context.WithCancel(s.ctx)
	cmd, err := git.Command(ctx, folder, "cat-file", "--batch")
	if err != nil {
		cancel()
		return "", nil, err
	}
	s.isOffline(&cmd.Env)
	cmd.Stdin = strings.NewReader(strings.Join(blobs, "\n") + "\n")
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return "", nil, err
	}
	defer cmd.Wait() // It was ended, or has nothing more to say.
	defer cancel()
	r := bufio.NewReader(stdout)
	for _, blob := range blobs {
		// ID blob SIZE, and the content; or ID missing
		line, err := r.ReadString('\n')
		if err != nil {
			return "", nil, fmt.Errorf("git cat-file: %w", err)
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil {
			return "", nil, fmt.Errorf("git cat-file: expected the size of a blob, found %q", line)
		}
		content := make([]byte, size+1) // A newline follows.
		if _, err := io.ReadFull(r, content); err != nil {
			return "", nil, fmt.Errorf("git cat-file: %w", err)
		}
		for _, content := range [][]byte{content[:size], withCRs(content[:size])} {
			if s.proves(content) {
				return blob, content, nil
			}
		}
	}
	return "", nil, nil
}

// isOffline keeps git from fetching what a partial clone lacks.
func (s *search) isOffline(env *[]string) {
	if s.Offline {
		*env = append(*env, "GIT_NO_LAZY_FETCH=1")
	}
}
