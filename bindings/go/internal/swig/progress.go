// SPDX-License-Identifier: LGPL-2.1-or-later

package swig

// #include <stdint.h>
import "C"

import "runtime/cgo"

// The glue is made for machines of 64 bits: elsewhere this does not compile.
var _ [1]struct{} = [^uintptr(0) >> 63]struct{}{}

// Progress is called with what is done, in words, and how many KiB of how many. It must
// not panic: the C library is on the stack.
type Progress func(what string, done, all uint64)

//export vtuneGoProgress
func vtuneGoProgress(handle C.uintptr_t, what *C.char, done, all C.uint64_t) {
	cgo.Handle(handle).Value().(Progress)(C.GoString(what), uint64(done), uint64(all))
}
