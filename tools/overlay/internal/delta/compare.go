package delta

import (
	"encoding/binary"
	"math/bits"
)

// A run is a part of the target: bytes that are like the base from an offset on, though not
// all the same, and then others that are like nothing.
type run struct {
	from        int // in the base
	like, extra int
}

const (
	// seed is the length of what has to be the same in the base and in the target for both to be compared there.
	seed = 16
	// step is the distance of the places in the base that are found by it: each takes memory.
	step = 4
	// tries is the number of places that are compared with one of the target.
	tries = 16
	// enough is the length from which on it doesn't matter which one of two is longer.
	enough = 256
	// gain is how many bytes more have to be the same for another place in the base to be taken.
	gain = 8
)

// An index finds places in the base.
type index struct {
	base []byte
	bits int
	// first has by hash the first place with it, and next by place that after it, both in steps and plus 1.
	first, next []int32
}

func newIndex(base []byte) *index {
	ix := &index{base: base, bits: max(8, bits.Len(uint(len(base)/step)))}
	ix.first = make([]int32, 1<<ix.bits)
	ix.next = make([]int32, len(base)/step+1)
	for i := (len(base) - seed) / step; i >= 0 && len(base) >= seed; i-- {
		h := ix.hash(base[i*step:])
		ix.next[i] = ix.first[h]
		ix.first[h] = int32(i + 1)
	}
	return ix
}

func (ix *index) hash(b []byte) uint64 {
	const odd1, odd2 = 0x9e3779b185ebca87, 0xc2b2ae3d27d4eb4f
	h := binary.LittleEndian.Uint64(b)*odd1 ^ binary.LittleEndian.Uint64(b[8:])*odd2
	return (h ^ h>>29) * odd1 >> (64 - ix.bits)
}

// find returns where the base has the most of what b begins with, and how many bytes.
func (ix *index) find(b []byte) (from, length int) {
	if len(b) < seed {
		return 0, 0
	}
	place := ix.first[ix.hash(b)]
	for i := 0; i < tries && place > 0 && length < enough; i++ {
		at := int(place-1) * step
		place = ix.next[place-1]
		if length > 0 && (at+length >= len(ix.base) || length >= len(b) || ix.base[at+length] != b[length]) {
			continue // It is no longer than the one before.
		}
		if n := common(ix.base[at:], b, enough); n >= seed && n > length {
			from, length = at, n
		}
	}
	return from, length
}

// compare returns the runs of which target consists. In this it is as bsdiff: a place in the
// base stays in use as long as no other has clearly more in common with what comes, and the
// border between two is where most bytes are the same.
func compare(target, base []byte) []run {
	ix := newIndex(base)
	var runs []run
	at, from := 0, 0 // where the run that is not finished yet begins, in the target and in the base
	for i := 0; i < len(target); {
		here := min(i-at+from, len(base)) // what the run says of i
		if n := common(base[here:], target[i:], len(target)); n >= 2*seed {
			i += n
			continue
		}
		place, n := ix.find(target[i:])
		if n == 0 || place == here || n <= same(base[here:], target[i:i+n])+gain {
			i++
			continue
		}
		for place+n < len(base) && i+n < len(target) && base[place+n] == target[i+n] {
			n++
		}

		like := alike(base[from:], target[at:i])
		before := alikeBefore(base[:place], target[at:i])
		if over := at + like - (i - before); over > 0 {
			keep := border(base[from+like-over:], base[place-before:], target[i-before:i-before+over])
			like -= over - keep
			before -= keep
		}
		if i-before > at {
			runs = append(runs, run{from: from, like: like, extra: i - before - at - like})
		}
		at, from = i-before, place-before
		i += n
	}
	if at < len(target) {
		like := alike(base[from:], target[at:])
		runs = append(runs, run{from: from, like: like, extra: len(target) - at - like})
	}
	return runs
}

// common returns the number of bytes, at most limit, that a and b begin with both.
func common(a, b []byte, limit int) int {
	limit = min(limit, len(a), len(b))
	i := 0
	for ; i+8 <= limit; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < limit && a[i] == b[i] {
		i++
	}
	return i
}

// same returns how many bytes of b are those of a.
func same(a, b []byte) int {
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// alike returns how much of the beginning of b it is best to say by that of a: of the
// rest, fewer than half of the bytes are the same.
func alike(a, b []byte) int {
	score, best, length := 0, 0, 0
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			score++
		} else {
			score--
		}
		if score > best {
			best, length = score, i+1
		}
	}
	return length
}

// alikeBefore is alike, of the ends.
func alikeBefore(a, b []byte) int {
	score, best, length := 0, 0, 0
	for i := 1; i <= min(len(a), len(b)); i++ {
		if a[len(a)-i] == b[len(b)-i] {
			score++
		} else {
			score--
		}
		if score > best {
			best, length = score, i
		}
	}
	return length
}

// border returns how many bytes of target it is best to say by first, and the others by second.
func border(first, second, target []byte) int {
	score, best, length := 0, 0, 0
	for i, b := range target {
		if first[i] == b {
			score++
		}
		if second[i] == b {
			score--
		}
		if score > best {
			best, length = score, i+1
		}
	}
	return length
}
