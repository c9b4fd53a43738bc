// Package redact keeps secrets out of what the go command says.
package redact

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Error takes secrets out of the URLs of a message. The go command itself
// takes out passwords, but a token may be the name of a user, or in the query.
func Error(err error) error {
	if err == nil {
		return nil
	}
	message := regexp.MustCompile(`://[^/?#\s"]*@`).ReplaceAllString(err.Error(), "://")
	message = regexp.MustCompile(`(://[^?\s"]*)\?[^\s"]*[^\s":,]`).ReplaceAllString(message, "$1")
	if message == err.Error() {
		return err
	}
	return errors.New(message)
}

// CheckURLs fails if there is something in GOPROXY or GOSUMDB that is no URL. The
// go command would print it whole, which shows a password if that is the mistake.
func CheckURLs(goproxy, gosumdb string) error {
	for i, field := range strings.FieldsFunc(goproxy, func(r rune) bool { return strings.ContainsRune(",|", r) }) {
		field = strings.TrimSpace(field)
		if !strings.Contains(field, ":/") {
			field = "https://" + field // as the go command does
		}
		if _, err := url.Parse(field); err != nil {
			return notURL(fmt.Sprintf("part %d of GOPROXY", i+1))
		}
	}
	if fields := strings.Fields(gosumdb); len(fields) > 1 {
		if _, err := url.Parse(fields[1]); err != nil {
			return notURL("the second part of GOSUMDB")
		}
	}
	return nil
}

func notURL(what string) error {
	return fmt.Errorf("%s is no URL (it is not shown here, for there may be a password in it; "+
		"write characters of a password other than letters and digits as %%XX)", what)
}
