package unified

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A SyntaxError is a mistake in a diff.
type SyntaxError struct {
	Line      int // of the diff, from 1
	Problem   string
	OnlyModes bool // whether the diff is right, but changes nothing but modes of files
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// Parse reads a diff as diff -u, git diff and git format-patch write it. Text
// before, between and after the parts for each file is passed over, unless it
// looks like a piece of a diff: a hand-edited diff must not lose lines silently.
func Parse(diff string) ([]*FileDiff, error) {
	if err := checkEncoding(diff); err != nil {
		return nil, err
	}
	diff = strings.TrimPrefix(diff, byteOrderMark)
	// What lacks a line's end is the diff then, not the file.
	if !strings.HasSuffix(diff, "\n") {
		diff += "\n"
	}
	p := &parser{lines: SplitLines(diff)}
	var files []*FileDiff
	for !p.atEnd() {
		file, err := p.next()
		if err != nil {
			return nil, err
		}
		if file != nil {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		problem := p.whatElse()
		return nil, &SyntaxError{Line: 1, Problem: problem, OnlyModes: problem == onlyModes}
	}
	return files, nil
}

type parser struct {
	lines []string
	pos   int // index of the next line

	// lastHunk is the hunk that ended just before the next line, but for blank
	// lines: another line of a hunk there was left out of its counts.
	lastHunk *Hunk
}

func (p *parser) atEnd() bool { return p.pos >= len(p.lines) }

// line returns the line that is n lines ahead, without its end.
func (p *parser) line(n int) string {
	if p.pos+n >= len(p.lines) {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(p.lines[p.pos+n], "\n"), "\r")
}

// errorf returns an error on the line of the given index. Of long lines it quotes
// the start.
func (p *parser) errorf(index int, format string, args ...any) error {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = clip(text)
		}
	}
	return &SyntaxError{Line: index + 1, Problem: fmt.Sprintf(format, args...)}
}

// next reads the part for one file. It returns none after a line of other text.
func (p *parser) next() (*FileDiff, error) {
	line := p.line(0)
	switch {
	case strings.HasPrefix(line, "diff --git "):
		return p.gitFile()
	case strings.HasPrefix(line, "diff --cc "), strings.HasPrefix(line, "diff --combined "):
		return nil, p.errorf(p.pos, "this is the diff of a merge, expected a diff of two versions")
	case p.atFileHeader():
		return p.file(&FileDiff{Line: p.pos + 1})
	case isBinary(line):
		return p.binaryFile()
	case isHunkHeader(line):
		return nil, p.errorf(p.pos, "hunk %s belongs to no file: expected the lines --- and +++ before it", line)
	case line == "":
	case p.lastHunk != nil && strings.ContainsRune(" +-\t", rune(line[0])) && !isSignature(line):
		return nil, p.errorf(p.pos, "%q looks like a line of the hunk of line %d, whose header says that it has ended: %s",
			line, p.lastHunk.Line, p.lastHunk.Header)
	default:
		p.lastHunk = nil
	}
	p.pos++
	return nil, nil
}

func (p *parser) atFileHeader() bool {
	return strings.HasPrefix(p.line(0), "--- ") && strings.HasPrefix(p.line(1), "+++ ")
}

func isHunkHeader(line string) bool { return strings.HasPrefix(line, "@@ -") }

// isSignature tells whether line is the one after which mails have a signature,
// which is Git's version in those of git format-patch.
func isSignature(line string) bool { return strings.TrimRight(line, " ") == "--" }

func isBinary(line string) bool {
	return line == "GIT binary patch" ||
		strings.HasPrefix(line, "Binary files ") && strings.HasSuffix(line, " differ")
}

// binaryFile reads what diff -r writes of a binary file.
func (p *parser) binaryFile() (*FileDiff, error) {
	line := p.line(0)
	problem := p.errorf(p.pos, "%s: binary files can't be patched; replace the file", line)
	names := strings.TrimSuffix(strings.TrimPrefix(line, "Binary files "), " differ")
	oldName, newName, _ := strings.Cut(names, " and ")
	if newName == "" || strings.Contains(newName, " and ") {
		return nil, problem
	}
	p.pos++
	p.lastHunk = nil
	file := &FileDiff{Line: p.pos, Old: oldName, New: newName, Unusable: problem}
	if oldName == devNull {
		file.Old = ""
	}
	if newName == devNull {
		file.New = ""
	}
	return file, nil
}

// skipBinary goes to the line behind what git writes of a binary file.
func (p *parser) skipBinary() {
	hasContent := p.line(0) == "GIT binary patch"
	for p.pos++; hasContent && !p.atEnd(); p.pos++ {
		if line := p.line(0); strings.HasPrefix(line, "diff ") || p.atFileHeader() || isSignature(line) || strings.HasPrefix(line, "From ") {
			return
		}
	}
}

// gitFile reads the part for one file that begins with Git's own header.
func (p *parser) gitFile() (*FileDiff, error) {
	file := &FileDiff{Line: p.pos + 1}
	header := p.line(0)
	oldName, newName, named := parseGitNames(strings.TrimPrefix(header, "diff --git "))
	creates, deletes, moded := false, false, false
	p.pos++
	p.lastHunk = nil
	for ; !p.atEnd(); p.pos++ {
		line := p.line(0)
		switch {
		case p.atFileHeader():
			return p.file(file)
		case isBinary(line):
			file.Unusable = p.errorf(p.pos, "%s: binary files can't be patched; replace the file", header)
			p.skipBinary()
		case strings.HasPrefix(line, "rename from "), strings.HasPrefix(line, "copy from "):
			file.Renamed, file.Copied = line[0] == 'r', line[0] == 'c'
			continue
		case strings.HasPrefix(line, "rename to "), strings.HasPrefix(line, "copy to "):
			if to := unquoted(line[strings.Index(line, " to ")+len(" to "):]); !named {
				oldName, newName, named = namesAround(strings.TrimPrefix(header, "diff --git "), to)
			}
			continue
		case strings.HasPrefix(line, "new file mode "),
			strings.HasPrefix(line, "deleted file mode "),
			strings.HasPrefix(line, "old mode "),
			strings.HasPrefix(line, "new mode "):
			creates = creates || strings.HasPrefix(line, "new file")
			deletes = deletes || strings.HasPrefix(line, "deleted")
			moded = true
			file.Unusable = cmp.Or(file.Unusable, p.checkMode(header, line[strings.LastIndex(line, " ")+1:]))
			continue
		case strings.HasPrefix(line, "index "):
			hashes, mode, _ := strings.Cut(strings.TrimPrefix(line, "index "), " ")
			if hash, _, _ := strings.Cut(hashes, ".."); strings.Trim(hash, "0") != "" {
				file.OldHash = hash // Zeros stand for no file, or for whoever wrote the diff by hand.
			}
			file.Unusable = cmp.Or(file.Unusable, p.checkMode(header, mode))
			continue
		case strings.HasPrefix(line, "similarity index "),
			strings.HasPrefix(line, "dissimilarity index "):
			continue
		}
		break
	}
	switch {
	case file.Renamed || file.Copied:
		if !named {
			return nil, p.errorf(file.Line-1, "%s: can't tell the names of the files apart", header)
		}
		file.Old, file.New = oldName, newName
	case !creates && !deletes && file.Unusable == nil && moded:
		return nil, nil // What may execute a file means nothing here.
	// An empty file is made and deleted without hunks.
	case !creates && !deletes && file.Unusable == nil:
		return nil, p.errorf(file.Line-1, "%s: changes nothing, expected the lines --- and +++ and hunks", header)
	case !named:
		return nil, cmp.Or(file.Unusable, p.errorf(file.Line-1, "%s: can't tell the names of the files apart", header))
	default:
		if !creates {
			file.Old = oldName
		}
		if !deletes {
			file.New = newName
		}
	}
	return file, nil
}

// file reads a part from its line --- on.
func (p *parser) file(file *FileDiff) (*FileDiff, error) {
	var (
		err                error
		oldEpoch, newEpoch bool
	)
	start := p.pos
	if file.Old, oldEpoch, err = parseSide(strings.TrimPrefix(p.line(0), "--- ")); err != nil {
		return nil, p.errorf(p.pos, "%v, found %q", err, p.line(0))
	}
	p.pos++
	if file.New, newEpoch, err = parseSide(strings.TrimPrefix(p.line(0), "+++ ")); err != nil {
		return nil, p.errorf(p.pos, "%v, found %q", err, p.line(0))
	}
	p.pos++
	// A file may be as old as Unix, too: that it does not exist, its lines have to say as well.
	if first, ok := parseHunkHeader(p.line(0)); ok {
		if oldEpoch && first.OldCount == 0 && first.OldStart == 0 {
			file.Old = ""
		}
		if newEpoch && first.NewCount == 0 && first.NewStart == 0 {
			file.New = ""
		}
	}
	if file.Old == "" && file.New == "" {
		return nil, p.errorf(start+1, "neither of the two files exists, by the lines --- and +++")
	}
	for !p.atEnd() && strings.HasPrefix(p.line(0), "@@") {
		hunk, err := p.hunk()
		if err != nil {
			return nil, err
		}
		if file.join(hunk) {
			continue
		}
		if err := p.checkOrder(file, hunk); err != nil {
			return nil, err
		}
		file.Hunks = append(file.Hunks, hunk)
	}
	if len(file.Hunks) == 0 {
		return nil, p.errorf(p.pos, "expected a hunk, such as @@ -1,3 +1,4 @@, found %q", p.line(0))
	}
	p.lastHunk = file.Hunks[len(file.Hunks)-1]
	return file, nil
}

// checkMode refuses what is no regular file.
func (p *parser) checkMode(header, mode string) error {
	switch mode {
	case "120000":
		return p.errorf(p.pos, "%s: is a symbolic link, which can't be an overlay; replace the file by one with the content that the link leads to", header)
	case "160000":
		return p.errorf(p.pos, "%s: is a submodule of git, and no file; take it out of the diff", header)
	}
	return nil
}

// join adds a hunk to the one before if both have the same lines in common, as git
// diff -W makes them, and tells whether it did.
func (f *FileDiff) join(hunk *Hunk) bool {
	if len(f.Hunks) == 0 {
		return false
	}
	before := f.Hunks[len(f.Hunks)-1]
	common := before.stated() + before.OldCount - hunk.stated()
	_, trailing := before.context()
	leading, _ := hunk.context()
	if common <= 0 || common > min(leading, trailing) || hunk.NewStart-before.NewStart != before.NewCount-common {
		return false
	}
	for i, line := range before.Lines[len(before.Lines)-common:] {
		if line != hunk.Lines[i] {
			return false
		}
	}
	before.Lines = append(before.Lines, hunk.Lines[common:]...)
	before.OldCount += hunk.OldCount - common
	before.NewCount += hunk.NewCount - common
	before.CutOff = hunk.CutOff
	return true
}

// checkOrder checks a hunk against the file and against the hunks before it.
func (p *parser) checkOrder(file *FileDiff, hunk *Hunk) error {
	index := hunk.Line - 1
	if file.Creates() && (hunk.OldCount > 0 || len(file.Hunks) > 0) {
		return p.errorf(index, "hunk %s: a file that does not exist yet has no old lines", hunk.Header)
	}
	if file.Deletes() && hunk.NewCount > 0 {
		return p.errorf(index, "hunk %s: a file that is deleted has no new lines", hunk.Header)
	}
	if len(file.Hunks) == 0 {
		return nil
	}
	before := file.Hunks[len(file.Hunks)-1]
	if hunk.stated() < before.stated()+before.OldCount {
		return p.errorf(index, "hunk %s overlaps the hunk of line %d or belongs before it: %s",
			hunk.Header, before.Line, before.Header)
	}
	return nil
}

// maxCutOff is how many blank lines at the end of a diff an editor may have cut off,
// as patch(1) has it.
const maxCutOff = 3

// hunk reads a hunk from its header on.
func (p *parser) hunk() (*Hunk, error) {
	hunk, ok := parseHunkHeader(p.line(0))
	if !ok {
		return nil, p.errorf(p.pos, "expected the header of a hunk, such as @@ -1,3 +1,4 @@, found %q", p.line(0))
	}
	hunk.Line = p.pos + 1
	p.pos++
	oldLeft, newLeft := hunk.OldCount, hunk.NewCount
	for oldLeft > 0 || newLeft > 0 {
		if p.atEnd() && oldLeft == newLeft && oldLeft <= maxCutOff {
			hunk.appendBlank()
			hunk.CutOff++
			oldLeft--
			newLeft--
			continue
		}
		if p.atEnd() {
			return nil, p.tooShort(hunk, oldLeft, newLeft, "the end of the diff")
		}
		line := p.lines[p.pos]
		if p.line(0) == "" {
			line = " " + line // An editor took the blank off.
		}
		if line[0] == '\t' {
			line = " " + line // So did one that knows that tabs end where eight blanks do.
		}
		switch op := line[0]; {
		case op == ' ' && oldLeft > 0 && newLeft > 0:
			oldLeft--
			newLeft--
		case op == '-' && oldLeft > 0:
			oldLeft--
		case op == '+' && newLeft > 0:
			newLeft--
		case isNoNewline(line):
			if err := p.noNewline(hunk); err != nil {
				return nil, err
			}
			continue
		default:
			return nil, p.tooShort(hunk, oldLeft, newLeft, strconv.Quote(p.line(0)))
		}
		hunk.Lines = append(hunk.Lines, Line{Op: line[0], Text: line[1:]})
		p.pos++
	}
	if !p.atEnd() && isNoNewline(p.line(0)) {
		if err := p.noNewline(hunk); err != nil {
			return nil, err
		}
	}
	return hunk, p.checkNoNewline(hunk)
}

// appendBlank appends a blank line as context, which the file has to have.
func (h *Hunk) appendBlank() {
	end := "\n"
	if len(h.Lines) > 0 && strings.HasSuffix(h.Lines[len(h.Lines)-1].Text, "\r\n") {
		end = "\r\n"
	}
	h.Lines = append(h.Lines, Line{Op: ' ', Text: end})
}

func (p *parser) tooShort(hunk *Hunk, oldLeft, newLeft int, found string) error {
	return p.errorf(p.pos, "the header of the hunk of line %d does not count its lines right: "+
		"expected %d more old and %d more new lines, found %s: %s",
		hunk.Line, oldLeft, newLeft, found, hunk.Header)
}

// isNoNewline tells whether line is "\ No newline at end of file", which is in
// the language of whoever made the diff.
func isNoNewline(line string) bool { return strings.HasPrefix(line, `\ `) }

// noNewline takes the end off the line before.
func (p *parser) noNewline(hunk *Hunk) error {
	last := len(hunk.Lines) - 1
	if last < 0 || !strings.HasSuffix(hunk.Lines[last].Text, "\n") {
		return p.errorf(p.pos, "%q follows no line of the hunk", p.line(0))
	}
	hunk.Lines[last].Text = strings.TrimSuffix(hunk.Lines[last].Text, "\n")
	p.pos++
	return nil
}

// checkNoNewline checks that only the last line of each side lacks its end.
func (p *parser) checkNoNewline(hunk *Hunk) error {
	oldEnded, newEnded := false, false
	for i, line := range hunk.Lines {
		if line.Op != '+' && oldEnded || line.Op != '-' && newEnded {
			return p.errorf(hunk.Line+i, "hunk %s goes on after the end of the file", hunk.Header)
		}
		ends := !strings.HasSuffix(line.Text, "\n")
		oldEnded = oldEnded || ends && line.Op != '+'
		newEnded = newEnded || ends && line.Op != '-'
	}
	return nil
}

// parseHunkHeader reads "@@ -1,3 +1,4 @@ func f()". A count of 1 may be left out.
func parseHunkHeader(line string) (*Hunk, bool) {
	hunk := &Hunk{Header: line}
	rest, ok := strings.CutPrefix(line, "@@ -")
	if !ok {
		return nil, false
	}
	oldRange, rest, _ := strings.Cut(rest, " +")
	newRange, _, ok := strings.Cut(rest, " @@")
	if !ok {
		return nil, false
	}
	var oldOK, newOK bool
	hunk.OldStart, hunk.OldCount, oldOK = parseRange(oldRange)
	hunk.NewStart, hunk.NewCount, newOK = parseRange(newRange)
	return hunk, oldOK && newOK && hunk.OldCount+hunk.NewCount > 0
}

func parseRange(text string) (start, count int, ok bool) {
	first, second, both := strings.Cut(text, ",")
	start, ok = parseNumber(first)
	count = 1
	if both && ok {
		count, ok = parseNumber(second)
	}
	// Lines count from 1; only a range of none may begin before the first.
	return start, count, ok && (start > 0 || count == 0)
}

// parseNumber reads digits only, and numbers only with which one can calculate
// without a thought of overflow.
func parseNumber(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 30)
	return int(n), err == nil
}
