package main

import "context"

// completeOverlays returns the overlays that an operand can be.
func completeOverlays(flag, word string) []string {
	if flag != "" {
		return nil
	}
	d, err := openDesk()
	if err != nil {
		return nil
	}
	return d.Labels(context.Background(), word)
}
