package uuid

// Short returns the first eight digits.
func (uuid UUID) Short() string { return uuid.String()[:8] }
