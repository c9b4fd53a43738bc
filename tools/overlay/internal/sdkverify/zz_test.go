package sdkverify
import ("testing";"os")
func TestReal(t *testing.T) { d, err := compare(os.Getenv("A"), os.Getenv("B")); t.Log(os.Getenv("A"), "[", d, "]", err) }
