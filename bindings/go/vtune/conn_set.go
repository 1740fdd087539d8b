// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"context"
	"errors"
	"runtime/cgo"
	"time"

	"libvtune/bindings/go/internal/swig"
)

// How long a call that waits for the lock of the host lets others use the connection before
// it tries again.
const lockPause = 20 * time.Millisecond

// Lock locks the host, so that nobody else plans or applies on it until Unlock: other
// goroutines, connections and programs of this machine that use libvtune. Hold it from
// [Conn.Host] to [Conn.Apply], and two callers never give the same CPU or page twice. It
// waits until ctx ends; the error is then an [ErrBusy] that names the holder, and
// errors.Is(err, context.DeadlineExceeded) is true as well.
//
// The lock is the connection's: its Apply and Restore do not wait for it meanwhile,
// whichever goroutine they are called in. They check themselves that there is room.
func (c *Conn) Lock(ctx context.Context) error {
	if c == nil || c.object == nil {
		return closed("connection")
	}
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return &Error{Code: ErrBusy, cause: ctx.Err(),
			Message: "Another goroutine holds the lock of the host by this connection"}
	}
	_, _, err := c.enterLocked(ctx)
	if err != nil {
		<-c.turn
		return err
	}
	c.leave()
	return nil
}

// Unlock gives up the lock. Without a Lock before it, it does nothing.
func (c *Conn) Unlock() {
	if c == nil || c.object == nil {
		return
	}
	// Also when the connection is closed, so that nobody waits for ever.
	select {
	case <-c.turn:
	default:
		return
	}
	raw, err := c.enter(context.Background())
	if err != nil {
		return
	}
	c.unlock(raw)
	c.leave()
}

// unlock and lock are for the call that uses the connection.
func (c *Conn) unlock(raw swig.Vtune_connection) {
	swig.Vtune_connection_unlock(raw)
	c.locked = false
}

func (c *Conn) lock(raw swig.Vtune_connection) error {
	err := withOptions(func(options swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Vtune_options_set_lock_timeout(options, 0, failure)
		})
	}, func(options swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Vtune_connection_lock(raw, options, failure)
		})
	})
	c.locked = err == nil
	return err
}

// enterLocked is enter with the lock of the host; took: it was not held before.
func (c *Conn) enterLocked(ctx context.Context) (raw swig.Vtune_connection, took bool, err error) {
	var busy *Error
	for {
		raw, err = c.enter(ctx)
		if err != nil {
			break
		}
		if c.locked {
			return raw, false, nil
		}
		if err = c.lock(raw); err == nil {
			return raw, true, nil
		}
		c.leave()
		if !errors.Is(err, ErrBusy) || !errors.As(err, &busy) {
			return nil, false, err
		}
		timer := time.NewTimer(lockPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
	if busy != nil && ctx.Err() != nil {
		busy.cause = ctx.Err()
		err = busy
	}
	return nil, false, err
}

// Apply sets the plan on a domain, all of it or nothing. It waits for the lock of the host
// until ctx ends. When a step fails all are undone, and the error names the step; it is an
// [ErrNotValid] when the host no longer has the room that the plan takes.
func (c *Conn) Apply(ctx context.Context, plan *Plan, domain string,
	options ...ApplyOption) (*Report, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	raw, err := plan.hold()
	if err != nil {
		return nil, err
	}
	defer plan.object.release()
	return c.set(ctx, options, func(conn swig.Vtune_connection, flags uint,
		options swig.Vtune_options, failure *uintptr) swig.Vtune_report {
		return swig.Vtune_plan_apply(raw, conn, domain, flags, options, failure)
	})
}

// Restore makes a domain again what it was before [Conn.Apply]. The error is an
// [ErrNotValid] when it carries nothing to restore.
func (c *Conn) Restore(ctx context.Context, domain string,
	options ...ApplyOption) (*Report, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	return c.set(ctx, options, func(conn swig.Vtune_connection, flags uint,
		options swig.Vtune_options, failure *uintptr) swig.Vtune_report {
		return swig.Vtune_domain_restore(conn, domain, flags, options, failure)
	})
}

type setter func(conn swig.Vtune_connection, flags uint, options swig.Vtune_options,
	failure *uintptr) swig.Vtune_report

func (c *Conn) set(ctx context.Context, list []ApplyOption, call setter) (*Report, error) {
	var o applyOptions
	for _, option := range list {
		option(&o)
	}
	conn, took, err := c.enterLocked(ctx)
	if err != nil {
		return nil, err
	}
	defer c.leave()
	if took {
		defer c.unlock(conn)
	}
	var report *Report
	err = withProgress(o.progress, func(options swig.Vtune_options) (err error) {
		report, err = newReport(func(failure *uintptr) swig.Vtune_report {
			return call(conn, o.flags, options, failure)
		})
		return err
	})
	return report, err
}

// withProgress runs a call with options that have the function called.
func withProgress(progress func(what string, done, all uint64),
	call func(options swig.Vtune_options) error) error {
	if progress == nil {
		return call(nil)
	}
	listener := listen(progress)
	defer listener.end()
	return withOptions(func(options swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Options_set_progress(options, uintptr(listener.handle), failure)
		})
	}, call)
}

// listener keeps a function that C calls. A panic in it goes on when the call is done: it
// must not unwind the C library.
type listener struct {
	handle   cgo.Handle
	panicked any
}

func listen(progress func(what string, done, all uint64)) *listener {
	l := new(listener)
	l.handle = cgo.NewHandle(swig.Progress(func(what string, done, all uint64) {
		defer func() {
			if reason := recover(); reason != nil {
				l.panicked = reason
			}
		}()
		if l.panicked == nil {
			progress(what, done, all)
		}
	}))
	return l
}

func (l *listener) end() {
	l.handle.Delete()
	if l.panicked != nil {
		panic(l.panicked)
	}
}
