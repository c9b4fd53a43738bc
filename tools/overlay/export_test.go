package main

import (
	"testing"
	"time"
)

func TestMailDate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct{ flag, epoch, want string }{
		{"", "", "2026-01-02T03:04:05Z"},
		{"", "86400", "1970-01-02T00:00:00Z"},
		{"2026-11-28", "86400", "2026-11-28T00:00:00Z"},
		{"2026-11-28T10:00:00+01:00", "", "2026-11-28T10:00:00+01:00"},
		{"yesterday", "", ""},
		{"", "yesterday", ""},
	} {
		date, err := mailDate(test.flag, test.epoch, now)
		if got := date.Format(time.RFC3339); got != test.want && (err == nil || test.want != "") {
			t.Errorf("%+v: got %s, %v", test, got, err)
		}
		if (err != nil) != (test.want == "") {
			t.Errorf("%+v: got %v", test, err)
		}
	}
}
