// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "libvtune/bindings/go/internal/swig"

// A PlaceOption is a knob of a call that computes a placement.
type PlaceOption func(*placeOptions)

type placeOptions struct{ workLimit uint64 }

// WorkLimit bounds the search: a step takes roughly a microsecond. When the limit is hit
// the best plan found is returned, and it is not Optimal. 0 is the library's own limit.
func WorkLimit(steps uint64) PlaceOption {
	return func(o *placeOptions) { o.workLimit = steps }
}

// An XMLOption is a knob of [Plan.XML].
type XMLOption func(*xmlOptions)

type xmlOptions struct{ domainType string }

// DomainType is the hypervisor type of the domain: "kvm", which is the default, or "qemu"
// for software emulation.
func DomainType(name string) XMLOption {
	return func(o *xmlOptions) { o.domainType = name }
}

// An ApplyOption is a knob of [Conn.Apply] and [Conn.Restore]; [DryRun] is one of
// [Tuning.Apply], [Tuning.Persist] and [UndoTuning], too.
type ApplyOption func(*applyOptions)

type applyOptions struct {
	flags    uint
	progress func(what string, done, all uint64)
}

const (
	applyLive       = 1
	applyConfig     = 2
	applyDryRun     = 4
	applyMoveMemory = 8
)

// Live sets the running domain, and not its definition unless [Config] is there, too.
// Without both: the definition, and the running domain if it runs.
func Live() ApplyOption { return func(o *applyOptions) { o.flags |= applyLive } }

// Config sets the definition, which holds from the next start of the domain.
func Config() ApplyOption { return func(o *applyOptions) { o.flags |= applyConfig } }

// DryRun sets nothing: the report lists the calls that would be made, in order.
func DryRun() ApplyOption { return func(o *applyOptions) { o.flags |= applyDryRun } }

// MoveMemory moves the memory of the running domain to the nodes of the plan, too. It is
// only for domains on this machine, and not for [Conn.Restore].
func MoveMemory() ApplyOption { return func(o *applyOptions) { o.flags |= applyMoveMemory } }

// OnProgress has a function called, from within the call, with what is going on and how
// many KiB of how many are done. It must not use the connection.
func OnProgress(progress func(what string, done, all uint64)) ApplyOption {
	return func(o *applyOptions) { o.progress = progress }
}

// withOptions runs a call with new options of the C library.
func withOptions(set, call func(options swig.Vtune_options) error) error {
	options := swig.Vtune_options_new()
	if options.Swigcptr() == 0 {
		return &Error{Code: ErrNoMemory, Message: "Out of memory"}
	}
	defer swig.DeleteVtune_options(options)
	if err := set(options); err != nil {
		return err
	}
	return call(options)
}

// withPlaceOptions runs a call with these options, or with none where they are the default.
func withPlaceOptions(list []PlaceOption, call func(options swig.Vtune_options) error) error {
	var o placeOptions
	for _, option := range list {
		option(&o)
	}
	if o.workLimit == 0 {
		return call(nil)
	}
	return withOptions(func(options swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Vtune_options_set_work_limit(options, o.workLimit, failure)
		})
	}, call)
}
