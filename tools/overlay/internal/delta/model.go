package delta

import "encoding/binary"

// block is how many bytes of a run have their differences told in the same way.
const block = 4096

// The ways to tell differences.
const (
	ofCode  byte = iota // of bytes, but for addresses: those from what is foretold
	ofWords             // of numbers of 32 bits, aligned in the target: in tables they often differ by the same
)

// A model foretells what the target has where the base has something like it. Who writes a
// delta and who reads it have the same one.
//
// Code of amd64 has addresses relative to where they are. The one of the target is
// foretold from how far both ends have moved. That is known from the runs, and from
// addresses before, which also tell of what is in no file, such as variables.
type model struct {
	base []byte
	// moved is how far what is at an offset of the base is from there in the target, one for some near ones.
	moved []int32
}

// near is the logarithm of how many bytes are taken to have moved equally far.
const near = 4

func newModel(base []byte, runs []run) *model {
	m := &model{base: base, moved: make([]int32, len(base)>>near+1)}
	at := 0
	for _, r := range runs {
		for i := r.from >> near; i<<near < r.from+r.like; i++ {
			m.moved[i] = int32(at - r.from)
		}
		at += r.like + r.extra
	}
	return m
}

// subtract sets diff to how target, a block at an offset of the target, differs from what
// the base has from an offset on, and returns the way, which is the one with fewer
// differences.
func (m *model) subtract(diff, target []byte, from, at int) byte {
	base := m.base[from : from+len(target)]
	code := func(learn bool) {
		for i, b := range target {
			diff[i] = b - base[i]
		}
		m.addresses(from, at, len(target), learn, func(i int, foretold uint32) uint32 {
			value := binary.LittleEndian.Uint32(target[i:])
			binary.LittleEndian.PutUint32(diff[i:], value-foretold)
			return value
		})
	}
	code(false)
	cost := costOfBytes(diff)
	if cost > 0 {
		words(at, len(target), func(i int) {
			x := binary.LittleEndian.Uint32(target[i:]) - binary.LittleEndian.Uint32(base[i:])
			binary.LittleEndian.PutUint32(diff[i:], x)
		}, func(i int) {
			diff[i] = target[i] - base[i]
		})
		if costOfWords(diff, at) < cost {
			return ofWords
		}
	}
	code(true)
	return ofCode
}

// add sets target to what subtract was given.
func (m *model) add(target, diff []byte, way byte, from, at int) {
	base := m.base[from : from+len(diff)]
	if way == ofWords {
		words(at, len(diff), func(i int) {
			x := binary.LittleEndian.Uint32(diff[i:]) + binary.LittleEndian.Uint32(base[i:])
			binary.LittleEndian.PutUint32(target[i:], x)
		}, func(i int) {
			target[i] = diff[i] + base[i]
		})
		return
	}
	for i, d := range diff {
		target[i] = d + base[i]
	}
	m.addresses(from, at, len(diff), true, func(i int, foretold uint32) uint32 {
		value := binary.LittleEndian.Uint32(diff[i:]) + foretold
		binary.LittleEndian.PutUint32(target[i:], value)
		return value
	})
}

// words calls word with the places of aligned words in a block that is at an offset of the
// target, and rest with those of bytes before and after them.
func words(at, length int, word, rest func(i int)) {
	i := 0
	for ; i < length && (at+i)%4 != 0; i++ {
		rest(i)
	}
	for ; i+4 <= length; i += 4 {
		word(i)
	}
	for ; i < length; i++ {
		rest(i)
	}
}

// costOfBytes returns about how many bytes zstd will make of differences of code.
func costOfBytes(diff []byte) int {
	cost := 0
	for _, d := range diff {
		if d != 0 {
			cost++
		}
	}
	return cost
}

// costOfWords returns about how many bytes zstd will make of differences of words: what
// was there a short while ago costs little.
func costOfWords(diff []byte, at int) int {
	var last [4]uint32
	cost, next := 0, 0
	words(at, len(diff), func(i int) {
		d := binary.LittleEndian.Uint32(diff[i:])
		if d == 0 || d == last[0] || d == last[1] || d == last[2] || d == last[3] {
			return
		}
		last[next] = d
		next = (next + 1) % len(last)
		cost += 3
	}, func(i int) {
		if diff[i] != 0 {
			cost++
		}
	})
	return cost
}

// addresses calls f with the place in a block, and with the foretold value, of each address
// in code that the base has from an offset on, for a block that is at an offset of the
// target. f returns the target's value, which the model learns if learn says so.
func (m *model) addresses(from, at, length int, learn bool, f func(i int, foretold uint32) uint32) {
	code := m.base[from : from+length]
	for i := 0; i+6 <= len(code); {
		skip := addressAfter(code[i], code[i+1])
		if skip == 0 {
			i++
			continue
		}
		// It is of 32 bits, and relative to its end.
		end := from + i + skip + 4
		to := end + int(int32(binary.LittleEndian.Uint32(code[i+skip:])))
		if to < 0 || to >= len(m.base) {
			i++
			continue
		}
		i += skip
		moved := &m.moved[to>>near]
		end = at + i + 4
		value := f(i, uint32(to+int(*moved)-end))
		if learn {
			*moved = int32(value) + int32(end-to)
		}
		i += 4
	}
}

// addressAfter returns after how many bytes there is an address, if the two are the
// beginning of an instruction that has one; else 0.
func addressAfter(first, second byte) int {
	switch kinds[first] {
	case jump:
		return 1
	case escape:
		if second>>4 == 8 { // a jump on a condition
			return 2
		}
	case operand:
		if second&0xc7 == 5 { // ModR/M: relative to the instruction pointer
			return 2
		}
	}
	return 0
}

const (
	jump    = iota + 1 // with an address: a call, too
	escape             // 0f, before an opcode that may be a jump
	operand            // the last byte of an opcode that is often followed by ModR/M with an address
)

// kinds are those of bytes as parts of opcodes.
var kinds = func() (kinds [256]byte) {
	for _, b := range []byte("\x01\x03\x10\x11\x29\x2b\x38\x39\x3b\x63\x6f\x7f\x80\x81\x83\x84\x85\x87\x88\x89\x8a\x8b\x8d\xb1\xb6\xb7\xbe\xbf\xc1\xc6\xc7\xf6\xf7\xff") {
		kinds[b] = operand
	}
	kinds[0xe8], kinds[0xe9] = jump, jump
	kinds[0x0f] = escape
	return kinds
}()
