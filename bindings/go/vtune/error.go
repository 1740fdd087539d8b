// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"libvtune/bindings/go/internal/swig"
)

// Code says what kind of failure an error is. Values are never changed or removed;
// accept ones that you do not know.
type Code int

const (
	ErrInvalid     Code = 1  // an argument is missing or out of its range
	ErrSyntax      Code = 2  // the text is not JSON or XML at all
	ErrDocument    Code = 3  // well-formed, but not a sound document
	ErrUnsupported Code = 4  // sound, but this version of the library does not do it
	ErrSystem      Code = 5  // a file could not be read, or the system did not answer
	ErrNoMemory    Code = 6  // out of memory
	ErrLimit       Code = 7  // the work limit was reached before any answer was found
	ErrNotValid    Code = 8  // a plan does not hold on the host or for the spec
	ErrInternal    Code = 9  // a mistake in the library itself; please report it
	ErrLibvirt     Code = 10 // libvirt refused, or did not answer
	ErrBusy        Code = 11 // someone else held the lock of the host all the time
)

var codeNames = map[Code]string{
	ErrInvalid: "invalid argument", ErrSyntax: "syntax error", ErrDocument: "unsound document",
	ErrUnsupported: "unsupported", ErrSystem: "system error", ErrNoMemory: "out of memory",
	ErrLimit: "work limit reached", ErrNotValid: "plan not valid", ErrInternal: "internal error",
	ErrLibvirt: "libvirt error", ErrBusy: "host busy",
}

// Error makes a Code a target of errors.Is, as in errors.Is(err, vtune.ErrDocument).
func (c Code) Error() string {
	if name, known := codeNames[c]; known {
		return name
	}
	return fmt.Sprintf("error code %d", int(c))
}

// Error is a failed call.
type Error struct {
	Code    Code
	Message string        // a sentence
	Where   string        // a JSON path, a place in an XML document, a file or a domain; or ""
	Errno   syscall.Errno // behind an ErrSystem, else 0

	cause error // of Go, where it was no errno
}

func (e *Error) Error() string {
	if e.Where == "" {
		return e.Message
	}
	return e.Where + ": " + e.Message
}

// Is reports whether target is the error's code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap returns what is behind the error, so that errors.Is(err, fs.ErrNotExist) and
// errors.Is(err, context.DeadlineExceeded) work.
func (e *Error) Unwrap() error {
	if e.Errno != 0 {
		return e.Errno
	}
	return e.cause
}

// InfeasibleError says that a VM does not fit on a host; that is proven.
type InfeasibleError struct {
	VM       string
	Reasons  []Reason // constraints that conflict; without any one of them the rest can hold
	WouldFit []Change // single changes of the spec, each of which does fit
	Plan     *Plan    // the plan that says so
}

func (e *InfeasibleError) Error() string {
	texts := make([]string, len(e.Reasons))
	for i, reason := range e.Reasons {
		texts[i] = reason.Text
	}
	return fmt.Sprintf("VM %q does not fit: %s", e.VM, strings.Join(texts, "; "))
}

// fromRaw takes over an error of the C library.
func fromRaw(raw uintptr) error {
	if raw == 0 {
		return &Error{Code: ErrInternal, Message: "A call failed without an error"}
	}
	defer swig.Error_free(raw)
	return &Error{
		Code:    Code(swig.Error_code(raw)),
		Message: swig.Error_message(raw),
		Where:   swig.Error_where(raw),
		Errno:   syscall.Errno(swig.Error_errno(raw)),
	}
}

// checkText refuses what C would cut off.
func checkText(what, text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return &Error{Code: ErrInvalid, Message: "The " + what + " holds a NUL character"}
	}
	return nil
}

func closed(what string) error {
	return &Error{Code: ErrInvalid, Message: "The " + what + " is nil or closed",
		cause: os.ErrClosed}
}
