package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// exportMails writes a mailbox for each module, with a mail for each overlay, which git am takes.
func (d *Desk) exportMails(ctx context.Context, modules []*exported, o ExportOptions) error {
	author, err := d.author(ctx)
	if err != nil {
		return err
	}
	var outputs []outputFile
	for _, e := range modules {
		folder := d.inRepository(ctx, e.home)
		var box bytes.Buffer
		for i, overlay := range e.series {
			number := ""
			if len(e.series) > 1 {
				number = fmt.Sprintf(" %d/%d", i+1, len(e.series))
			}
			subject, body := letter(overlay)
			writeMail(&box, author, o.Date, "[PATCH"+number+"] "+subject, body, diffOf(overlay.files, folder))
		}
		outputs = append(outputs, outputFile{e.home, box.Bytes()})
	}
	_, err = d.deliver(outputs, o.Output)
	return err
}

// author returns who the user is, as git knows it.
func (d *Desk) author(ctx context.Context) (mail.Address, error) {
	var values [2]string
	for i, name := range []string{"user.name", "user.email"} {
		cmd, err := git.Command(ctx, d.Workspace.Root, "config", "--get", name)
		if err != nil {
			return mail.Address{}, err
		}
		out, err := git.Output(ctx, cmd)
		if err != nil && !errors.As(err, new(*git.ExitError)) {
			return mail.Address{}, err
		}
		values[i] = strings.TrimSpace(string(out))
		if values[i] == "" {
			return mail.Address{}, fmt.Errorf("git doesn't know who the mail is from; next: git config %s …", name)
		}
	}
	return mail.Address{Name: values[0], Address: values[1]}, nil
}

// letter returns what the mail of an overlay says: its reason, and what it is for.
func letter(o exportedOverlay) (subject, body string) {
	subject, rest, _ := strings.Cut(strings.TrimSpace(o.Reason), "\n")
	if subject = strings.Join(strings.Fields(subject), " "); subject == "" {
		_, name := workspace.Package(o.Label)
		subject = path.Base(name)
	}
	body = fmt.Sprintf("Changes %s.\n", versioned(o.pkg))
	if rest = strings.TrimSpace(rest); rest != "" {
		body += "\n" + endsMessage.ReplaceAllString(rest, " $1") + "\n"
	}
	if o.Upstream != "" {
		body += "\nSee " + o.Upstream + "\n"
	}
	return subject, body
}

// endsMessage finds lines that git am takes for the end of the message.
var endsMessage = regexp.MustCompile(`(?m)^(---|diff -|Index: )`)

// writeMail writes a mail with a diff into a mailbox.
func writeMail(box *bytes.Buffer, from mail.Address, date time.Time, subject, body string, diff []byte) {
	text := body + "---\n\n" + string(diff)
	encoding := "8bit"
	if needsEncoding.MatchString(text) {
		encoding, text = "quoted-printable", quotedPrintable(text)
	}
	fmt.Fprintf(box, "From %040d Mon Sep 17 00:00:00 2001\n", 0) // The date by which git knows its own mails.
	fmt.Fprintf(box, "From: %s\nDate: %s\nSubject: %s\n", from.String(), date.Format(time.RFC1123Z), mime.QEncoding.Encode("utf-8", subject))
	fmt.Fprintf(box, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: %s\n\n%s", encoding, text)
}

// needsEncoding finds what mailboxes don't keep: carriage returns, long lines, and lines that begin a mail.
var needsEncoding = regexp.MustCompile(`(?m)\r|^.{900}|^>*From `)

// quotedPrintable returns text in that encoding, with the ends of its lines as they are, where
// [mime/quotedprintable] writes those of Windows.
func quotedPrintable(text string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		line, hasEnd := strings.CutSuffix(line, "\n")
		width := 0
		for i := 0; i < len(line); i++ {
			c := line[i]
			encoded := string(rune(c))
			isBlank := c == ' ' || c == '\t'
			if c == '=' || c > '~' || c < ' ' && !isBlank || isBlank && i == len(line)-1 {
				encoded = fmt.Sprintf("=%02X", c)
			}
			if width += len(encoded); width > 75 {
				b.WriteString("=\n")
				width = len(encoded)
			}
			if c == 'F' && width == 1 { // Mailboxes begin a mail with a line that begins with From.
				encoded, width = "=46", 3
			}
			b.WriteString(encoded)
		}
		if hasEnd {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
