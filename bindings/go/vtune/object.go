// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"runtime"
	"sync"
)

// object is an object of the C library. It is freed by close, or when it is out of
// reach; never while a call uses it.
type object struct {
	lock    sync.RWMutex // read: its pointer is in use; write: it is being freed
	pointer uintptr
	free    func(pointer uintptr)
}

func own(pointer uintptr, free func(uintptr)) *object {
	o := &object{pointer: pointer, free: free}
	runtime.SetFinalizer(o, (*object).close)
	return o
}

// hold returns the pointer, which is good until release; what: for the error.
func (o *object) hold(what string) (uintptr, error) {
	if o == nil {
		return 0, closed(what)
	}
	o.lock.RLock()
	if o.pointer == 0 {
		o.lock.RUnlock()
		return 0, closed(what)
	}
	return o.pointer, nil
}

func (o *object) release() {
	o.lock.RUnlock()
	runtime.KeepAlive(o)
}

func (o *object) close() {
	if o == nil {
		return
	}
	o.lock.Lock()
	defer o.lock.Unlock()
	if o.pointer != 0 {
		o.free(o.pointer)
		o.pointer = 0
		runtime.SetFinalizer(o, nil)
	}
}

// swigObject is what the generated types have in common.
type swigObject interface{ Swigcptr() uintptr }

// create runs a call that returns a new object of the C library.
func create(free func(uintptr), call func(failure *uintptr) swigObject) (*object, error) {
	var failure uintptr
	made := call(&failure)
	if made.Swigcptr() == 0 {
		return nil, fromRaw(failure)
	}
	return own(made.Swigcptr(), free), nil
}

// text runs a call that returns a new text.
func text(call func(failure *uintptr) string) (string, error) {
	var failure uintptr
	result := call(&failure)
	if failure != 0 {
		return "", fromRaw(failure)
	}
	return result, nil
}

// check runs a call that returns 0, or -1 on failure.
func check(call func(failure *uintptr) int) error {
	var failure uintptr
	if call(&failure) != 0 {
		return fromRaw(failure)
	}
	return nil
}
