package sdkverify

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Of a 64-bit Mach-O file for the processors of Macs, /usr/include/mach-o/loader.h.
const (
	machoMagic         = "\xcf\xfa\xed\xfe"
	machoHeaderSize    = 32
	machoCommandCount  = 16 // offset of the number of commands
	machoCommandsSize  = 20 // offset of the size of all of them
	machoSegment       = 0x19
	machoCodeSignature = 0x1d

	segmentName     = 8
	segmentVMSize   = 32
	segmentOffset   = 40
	segmentFileSize = 48
	segmentMinSize  = 72

	signatureOffset = 8
	signatureSize   = 12
	signatureEnd    = 16 // size of the command

	signatureAlignment = 16
)

// withoutSignature returns the content of a program without what signing it for
// macOS adds: binaries of a release are signed after they were built. What is no
// such program, or not as it should be, stays as it is.
func withoutSignature(content []byte) []byte {
	if len(content) < machoHeaderSize || string(content[:len(machoMagic)]) != machoMagic {
		return content
	}
	data := slices.Clone(content)
	count := binary.LittleEndian.Uint32(data[machoCommandCount:])
	end := machoHeaderSize + int64(binary.LittleEndian.Uint32(data[machoCommandsSize:]))
	if end > int64(len(data)) {
		return content
	}
	commands := data[machoHeaderSize:end]
	at := 0
	linkedit, signature := -1, -1 // offsets of commands
	for range count {
		if at+8 > len(commands) {
			return content
		}
		size := int64(binary.LittleEndian.Uint32(commands[at+4:]))
		if size < 8 || int64(at)+size > int64(len(commands)) {
			return content
		}
		switch kind := binary.LittleEndian.Uint32(commands[at:]); {
		case kind == machoSegment && size >= segmentMinSize && bytes.HasPrefix(commands[at+segmentName:], []byte("__LINKEDIT\x00")):
			linkedit = at
		case kind == machoCodeSignature && size == signatureEnd:
			signature = at
		}
		at += int(size)
	}
	if linkedit < 0 {
		return content
	}

	if signature >= 0 {
		// The signature is the end of the file.
		offset := binary.LittleEndian.Uint32(commands[signature+signatureOffset:])
		size := binary.LittleEndian.Uint32(commands[signature+signatureSize:])
		if int64(offset)+int64(size) != int64(len(data)) || int64(offset) < end {
			return content
		}
		data = data[:offset]
		// Its command goes, too.
		copy(commands[signature:], commands[signature+signatureEnd:])
		clear(commands[len(commands)-signatureEnd:])
		binary.LittleEndian.PutUint32(data[machoCommandCount:], count-1)
		binary.LittleEndian.PutUint32(data[machoCommandsSize:], uint32(len(commands)-signatureEnd))
		if linkedit > signature {
			linkedit -= signatureEnd
		}
	}
	// The segment that it is in is as long as the rest of the file.
	clear(commands[linkedit+segmentVMSize : linkedit+segmentOffset])
	clear(commands[linkedit+segmentFileSize : linkedit+segmentFileSize+8])
	for len(data)%signatureAlignment != 0 {
		data = append(data, 0)
	}
	return data
}
