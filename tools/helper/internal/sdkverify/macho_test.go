package sdkverify

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// u32 are numbers as they are in a file.
func u32(values ...uint32) []byte {
	var data []byte
	for _, value := range values {
		data = binary.LittleEndian.AppendUint32(data, value)
	}
	return data
}

// segment returns the command of a segment whose memory and file are so long.
func segment(name string, vmSize, fileSize uint32) []byte {
	return slices.Concat(
		u32(machoSegment, 72),
		[]byte(name), make([]byte, 16-len(name)),
		u32(0x1000, 0), u32(vmSize, 0), u32(128, 0), u32(fileSize, 0),
		u32(1, 1, 0, 0),
	)
}

func signatureCommand(offset, size uint32) []byte { return u32(machoCodeSignature, 16, offset, size) }

// machO returns a file with commands, room for one more, and content.
func machO(content string, commands ...[]byte) []byte {
	all := slices.Concat(commands...)
	header := append([]byte(machoMagic), u32(7, 3, 2, uint32(len(commands)), uint32(len(all)), 0, 0)...)
	return slices.Concat(header, all, make([]byte, 256-len(header)-len(all)), []byte(content))
}

func TestWithoutSignature(t *testing.T) {
	text, other := segment("__TEXT", 16, 16), u32(0x26, 16, 1, 2)
	const content, padded = "twenty bytes of data", "twenty bytes of data\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	want := machO(padded, text, segment("__LINKEDIT", 0, 0), other)

	linkedit := segment("__LINKEDIT", 0x4000, 48)
	for name, signed := range map[string][]byte{
		"unsigned":            machO(content, text, segment("__LINKEDIT", 0x1000, 20), other),
		"last command":        machO(padded+"signature", text, linkedit, other, signatureCommand(288, 9)),
		"command in between":  machO(padded+"signature", text, linkedit, signatureCommand(288, 9), other),
		"command before that": machO(padded+"signature", signatureCommand(288, 9), text, linkedit, other),
	} {
		before := slices.Clone(signed)
		if got := withoutSignature(signed); !bytes.Equal(got, want) {
			t.Errorf("%s: without the signature it is\n%q\nwant\n%q", name, got, want)
		}
		if !bytes.Equal(signed, before) {
			t.Errorf("%s: the argument was changed", name)
		}
	}
}

// TestNotSigned checks that nothing is left out where it is not clear what.
func TestNotSigned(t *testing.T) {
	linkedit := segment("__LINKEDIT", 0x4000, 48)
	patch := func(data []byte, offset int, value uint32) []byte {
		data = slices.Clone(data)
		binary.LittleEndian.PutUint32(data[offset:], value)
		return data
	}
	signed := machO("content", linkedit, signatureCommand(256, 7))
	if got := withoutSignature(signed); len(got) != 256 {
		t.Fatalf("%d bytes remain, want 256", len(got))
	}
	for name, content := range map[string][]byte{
		"empty":                        nil,
		"ELF":                          []byte("\x7fELF" + string(make([]byte, 60))),
		"too short":                    []byte(machoMagic),
		"cut off":                      signed[:40],
		"no commands":                  machO("content"),
		"no __LINKEDIT":                machO("content", segment("__TEXT", 1, 1), signatureCommand(256, 7)),
		"more after the signature":     append(slices.Clone(signed), 'x'),
		"signature is too long":        machO("content", linkedit, signatureCommand(256, 8)),
		"signature covers commands":    machO("content", linkedit, signatureCommand(64, 256+7-64)),
		"commands are too long":        patch(signed, machoCommandsSize, 1<<20),
		"more commands than there are": patch(signed, machoCommandCount, 3),
		"command without a size":       machO("content", linkedit, signatureCommand(256, 7), u32(0x26, 0)),
		"command is too long":          machO("content", linkedit, signatureCommand(256, 7), u32(0x26, 9)),
	} {
		if got := withoutSignature(content); !bytes.Equal(got, content) {
			t.Errorf("%s: was changed to %q", name, got)
		}
	}
}

func TestVerifySigned(t *testing.T) {
	const name = "pkg/tool/darwin_arm64/asm"
	linkedit := segment("__LINKEDIT", 0x4000, 48)
	rebuilt := map[string]string{name: string(machO("data", linkedit))}
	signed := string(machO("data"+string(make([]byte, 12))+"signature", linkedit, signatureCommand(272, 9)))
	if err := verify(t, gosdk.Platform{GOOS: "darwin", GOARCH: "arm64"}, map[string]string{name: signed}, rebuilt); err != nil {
		t.Error(err)
	}
	changed := string(machO("date"+string(make([]byte, 12))+"signature", linkedit, signatureCommand(272, 9)))
	err := verify(t, gosdk.Platform{GOOS: "darwin", GOARCH: "arm64"}, map[string]string{name: changed}, rebuilt)
	checkError(t, err, name+" is not what src/cmd/asm makes", "281 bytes", "260 bytes", "at offset 259\n")
}
