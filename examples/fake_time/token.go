// Package token tells how long access lasts.
package token

import "time"

// A Token gives access until it expires.
type Token struct{ Expires time.Time }

// New returns a token that lasts for some time from now.
func New(lasts time.Duration) Token { return Token{time.Now().Add(lasts)} }

// Valid tells whether a token has not expired.
func (t Token) Valid() bool { return time.Now().Before(t.Expires) }
