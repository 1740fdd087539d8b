// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"context"

	"libvtune/bindings/go/internal/swig"
)

// Tuning is what the settings of a host are and what they should be, see vtune-tuning(5).
// It keeps what was read: check again to see what has changed.
type Tuning struct {
	object *object
	holds  bool
}

// TuneOptions says how the settings of a host are checked. The zero value is: this machine,
// the profile "throughput", no VMs, all checks.
type TuneOptions struct {
	// Profile is "throughput", "latency", "density" or "realtime", or a profile document:
	// JSON such as of a [ProfileDocument].
	Profile string
	// Conn is where the domains are that run here and whose security is looked at.
	Conn *Conn
	// Host tells what runs, by its allocations, in place of the domains of Conn; and Specs
	// are placed on it, or else on this machine.
	Host *Host
	// Plans are of VMs that are to run, too.
	Plans []*Plan
	// Specs are of VMs that are to run before there are plans of them. They are placed one
	// after another, with huge pages made of free memory where they ask for more than
	// there are.
	Specs []*Spec
	// Only has ids or names of checks, as "H3" or "ksm": no others are made. Skip has
	// those that are left out.
	Only, Skip []string
	// Sysroot is a folder with the saved files of a machine: proc, sys, etc and dev.
	Sysroot string
	// UndoFile is where [Tuning.Apply] keeps what it has changed, in place of
	// /var/lib/vtune/tuning-undo.json.
	UndoFile string
}

func freeTuning(pointer uintptr) { swig.DeleteVtune_tuning(swig.SwigcptrVtune_tuning(pointer)) }

// CheckTuning checks the settings of the host itself, and changes nothing. ctx is for the
// wait until Conn is free. What the options point to may be closed afterwards; the tuning is
// the caller's to close.
//
// The error is an [ErrNotValid] when one of the specs does not fit, not even with more huge
// pages; an [ErrInvalid] when there is no such profile or check, or a plan does not fit; an
// [ErrDocument] when a profile document is not sound.
func CheckTuning(ctx context.Context, options TuneOptions) (*Tuning, error) {
	return withTuneOptions(options, func(raw swig.Vtune_tuning_options) (*Tuning, error) {
		if options.Conn == nil {
			return newTuning(raw, nil)
		}
		conn, err := options.Conn.enter(ctx)
		if err != nil {
			return nil, err
		}
		defer options.Conn.leave()
		return newTuning(raw, conn)
	})
}

func newTuning(raw swig.Vtune_tuning_options, conn swig.Vtune_connection) (*Tuning, error) {
	object, err := create(freeTuning, func(failure *uintptr) swigObject {
		return swig.Vtune_tuning_check(raw, conn, failure)
	})
	if err != nil {
		return nil, err
	}
	holds := swig.Vtune_tuning_holds(swig.SwigcptrVtune_tuning(object.pointer)) != 0
	return &Tuning{object, holds}, nil
}

// UndoTuning makes every setting again what it was before [Tuning.Apply]. What somebody else
// has changed since is left alone, and the report, of the kind "undo", says so. Of the
// options, Sysroot and UndoFile count; of the apply options, [DryRun] alone may be there. The
// error is an [ErrBusy] while somebody else sets this host.
func UndoTuning(options TuneOptions, list ...ApplyOption) (*Report, error) {
	paths := TuneOptions{Sysroot: options.Sysroot, UndoFile: options.UndoFile}
	return withTuneOptions(paths, func(raw swig.Vtune_tuning_options) (*Report, error) {
		return newReport(func(failure *uintptr) swig.Vtune_report {
			return swig.Vtune_tuning_undo(raw, flagsOf(list), failure)
		})
	})
}

// TuningProfiles returns the profile documents that the library has, to use or to start from:
// decode one into a [ProfileDocument].
func TuningProfiles() []string {
	var profiles []string
	for {
		profile := swig.Vtune_tuning_get_profile(uint(len(profiles)))
		if profile == "" {
			return profiles
		}
		profiles = append(profiles, profile)
	}
}

// Holds reports whether no check has the verdict "warn" or "danger".
func (t *Tuning) Holds() bool { return t.holds }

// Close frees the tuning. It may be called again.
func (t *Tuning) Close() error {
	if t != nil {
		t.object.close()
	}
	return nil
}

func (t *Tuning) hold() (swig.Vtune_tuning, error) {
	if t == nil {
		return nil, closed("tuning")
	}
	pointer, err := t.object.hold("tuning")
	return swig.SwigcptrVtune_tuning(pointer), err
}

func (t *Tuning) text(call func(swig.Vtune_tuning, *uintptr) string) (string, error) {
	raw, err := t.hold()
	if err != nil {
		return "", err
	}
	defer t.object.release()
	return text(func(failure *uintptr) string { return call(raw, failure) })
}

// JSON returns the tuning document.
func (t *Tuning) JSON() (string, error) { return t.text(swig.Vtune_tuning_to_json) }

// MarshalJSON returns the tuning document.
func (t Tuning) MarshalJSON() ([]byte, error) { return asBytes(t.JSON()) }

// Document returns the tuning document.
func (t *Tuning) Document() (*TuningDocument, error) { return decode[TuningDocument](t.JSON()) }

// Text returns the tuning for people, what matters most first, so many columns wide (0: 100).
func (t *Tuning) Text(columns uint) (string, error) {
	return t.text(func(raw swig.Vtune_tuning, failure *uintptr) string {
		return swig.Vtune_tuning_to_text(raw, columns, failure)
	})
}

// Apply sets what is to be set and can be while the host runs; [UndoTuning] brings back what
// was there before. It takes root, unless the tuning is of a Sysroot. A setting that cannot
// be written, or that is no longer what the check saw, is left alone: ask whether the report,
// of the kind "tune", Holds.
//
// Of the options, [DryRun] alone may be there: then the report lists what would be set. The
// error is an [ErrBusy] while somebody else sets this host, and an [ErrSystem] when what was
// there before cannot be kept; nothing is set then.
func (t *Tuning) Apply(options ...ApplyOption) (*Report, error) {
	raw, err := t.hold()
	if err != nil {
		return nil, err
	}
	defer t.object.release()
	return newReport(func(failure *uintptr) swig.Vtune_report {
		return swig.Vtune_tuning_apply(raw, flagsOf(options), failure)
	})
}

// Persist writes the files that make the settings hold after the next start, with directory
// as their root: "/" is this machine. The report, of the kind "persist", names them. Of the
// options, [DryRun] alone may be there: nothing is written.
func (t *Tuning) Persist(directory string, options ...ApplyOption) (*Report, error) {
	if err := checkText("directory", directory); err != nil {
		return nil, err
	}
	raw, err := t.hold()
	if err != nil {
		return nil, err
	}
	defer t.object.release()
	return newReport(func(failure *uintptr) swig.Vtune_report {
		return swig.Vtune_tuning_persist(raw, directory, flagsOf(options), failure)
	})
}

func flagsOf(list []ApplyOption) uint {
	var o applyOptions
	for _, option := range list {
		option(&o)
	}
	return o.flags
}

// withTuneOptions runs a call with these options as the C library takes them.
func withTuneOptions[T any](options TuneOptions,
	call func(raw swig.Vtune_tuning_options) (*T, error)) (*T, error) {
	raw := swig.Vtune_tuning_options_new()
	if raw.Swigcptr() == 0 {
		return nil, &Error{Code: ErrNoMemory, Message: "Out of memory"}
	}
	defer swig.DeleteVtune_tuning_options(raw)
	if err := setTexts(raw, options); err != nil {
		return nil, err
	}
	if err := addVMs(raw, options); err != nil {
		return nil, err
	}
	return call(raw)
}

// setTexts sets what the options have as texts.
func setTexts(raw swig.Vtune_tuning_options, options TuneOptions) error {
	type setting struct {
		what, value string
		set         func(swig.Vtune_tuning_options, string, *uintptr) int
	}
	settings := []setting{
		{"profile", options.Profile, swig.Vtune_tuning_options_set_profile},
		{"sysroot", options.Sysroot, swig.Vtune_tuning_options_set_sysroot},
		{"undo file", options.UndoFile, swig.Vtune_tuning_options_set_undo_file},
	}
	for _, id := range options.Only {
		settings = append(settings, setting{"check", id, swig.Vtune_tuning_options_add_only})
	}
	for _, id := range options.Skip {
		settings = append(settings, setting{"check", id, swig.Vtune_tuning_options_add_skip})
	}
	for _, one := range settings {
		if one.value == "" && one.what != "check" {
			continue
		}
		if err := checkText(one.what, one.value); err != nil {
			return err
		}
		err := check(func(failure *uintptr) int { return one.set(raw, one.value, failure) })
		if err != nil {
			return err
		}
	}
	return nil
}

// addVMs tells which VMs run, and which are to.
func addVMs(raw swig.Vtune_tuning_options, options TuneOptions) error {
	if options.Host != nil {
		host, err := options.Host.hold()
		if err != nil {
			return err
		}
		defer options.Host.object.release()
		err = check(func(failure *uintptr) int {
			return swig.Vtune_tuning_options_set_host(raw, host, failure)
		})
		if err != nil {
			return err
		}
	}
	for _, plan := range options.Plans {
		held, err := plan.hold()
		if err != nil {
			return err
		}
		err = check(func(failure *uintptr) int {
			return swig.Vtune_tuning_options_add_plan(raw, held, failure)
		})
		plan.object.release()
		if err != nil {
			return err
		}
	}
	if len(options.Specs) == 0 {
		return nil
	}
	host := options.Host
	if host == nil {
		system, err := SystemHost()
		if err != nil {
			return err
		}
		defer system.Close()
		host = system
	}
	return addSpecs(raw, host, options.Specs)
}

func addSpecs(raw swig.Vtune_tuning_options, host *Host, specs []*Spec) error {
	where, err := host.hold()
	if err != nil {
		return err
	}
	defer host.object.release()
	list, release, err := holdSpecs(specs)
	if err != nil {
		return err
	}
	defer release()
	return check(func(failure *uintptr) int {
		return swig.Together_tune(raw, where, list, failure)
	})
}
