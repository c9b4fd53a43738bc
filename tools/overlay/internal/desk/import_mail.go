package desk

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
)

var (
	// mailStart is the line by which git, and all mailboxes, begin a mail.
	mailStart    = regexp.MustCompile(`(?m)^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) .*\n`)
	mailHeader   = regexp.MustCompile(`(?i)\A(?:[!-9;-~]+:[ \t].*\n(?:[ \t].*\n)*)+\r?\n`)
	mailEncoding = regexp.MustCompile(`(?im)^Content-Transfer-Encoding:.*\n(?:[ \t].*\n)*`)
	patchPrefix  = regexp.MustCompile(`^(?:\[[^\]]*\]\s*)+`)
)

// decodeMails returns mails without the encoding that some have been given on their way, and the subject of the first. Other text
// stays as it is.
func decodeMails(text string) (decoded, subject string, err error) {
	starts := mailStart.FindAllStringIndex(text, -1)
	if len(starts) == 0 || starts[0][0] != 0 {
		return decodeMail(text)
	}
	var b strings.Builder
	for i, start := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		b.WriteString(text[start[0]:start[1]])
		body, of, err := decodeMail(text[start[1]:end])
		if err != nil {
			return "", "", err
		}
		if subject == "" {
			subject = of
		}
		b.WriteString(body)
	}
	return b.String(), subject, nil
}

func decodeMail(text string) (decoded, subject string, err error) {
	header := mailHeader.FindString(text)
	if header == "" {
		return text, "", nil
	}
	message, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil || message.Header.Get("Subject") == "" {
		return text, "", nil
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		subject = message.Header.Get("Subject")
	}
	subject = strings.TrimSpace(patchPrefix.ReplaceAllString(subject, ""))
	var body io.Reader
	switch encoding := strings.ToLower(strings.TrimSpace(message.Header.Get("Content-Transfer-Encoding"))); encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(message.Body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, message.Body)
	default:
		return text, subject, nil
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return "", "", fmt.Errorf("the mail %q can't be decoded: %w", subject, err)
	}
	return mailEncoding.ReplaceAllString(header, "") + string(content), subject, nil
}
