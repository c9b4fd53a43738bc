package main

import (
	"context"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

// completeOverlays returns the overlays that an operand can be.
func completeOverlays(flag, word string) []string {
	return completeOperand((*desk.Desk).Labels, flag, word)
}

// completePackages returns the packages with overlays that an operand can be.
func completePackages(flag, word string) []string {
	return completeOperand((*desk.Desk).OverlaidPackages, flag, word)
}

func completeOperand(candidates func(*desk.Desk, context.Context, string) []string, flag, word string) []string {
	if flag != "" {
		return nil
	}
	d, err := openDesk()
	if err != nil {
		return nil
	}
	return candidates(d, context.Background(), word)
}
