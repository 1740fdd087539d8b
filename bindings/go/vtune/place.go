// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "libvtune/bindings/go/internal/swig"

// Place computes the best placement of a VM, and does not carry it out: see
// [Host.WithPlan] and [Conn.Apply]. It is pure: the same host and spec give the same plan
// to the byte. The error is an *[InfeasibleError] when the VM does not fit.
func (h *Host) Place(spec *Spec, options ...PlaceOption) (*Plan, error) {
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	asked, err := spec.hold()
	if err != nil {
		return nil, err
	}
	defer spec.object.release()
	var plan *Plan
	err = withPlaceOptions(options, func(raw swig.Vtune_options) (err error) {
		plan, err = newPlan(func(failure *uintptr) swig.Vtune_plan {
			return swig.Vtune_place(host, asked, raw, failure)
		})
		return err
	})
	if err == nil && !plan.Fits() {
		err = plan.Err()
	}
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// Capacity returns how many more VMs like this one fit, placed one after another, and the
// plan of the first that no longer fits: its reasons say what runs out. At most 65536 are
// counted, and then that plan fits.
func (h *Host) Capacity(spec *Spec, options ...PlaceOption) (count int, next *Plan, err error) {
	host, err := h.hold()
	if err != nil {
		return 0, nil, err
	}
	defer h.object.release()
	asked, err := spec.hold()
	if err != nil {
		return 0, nil, err
	}
	defer spec.object.release()
	var number uint32
	err = withPlaceOptions(options, func(raw swig.Vtune_options) (err error) {
		next, err = newPlan(func(failure *uintptr) swig.Vtune_plan {
			return swig.Vtune_capacity(host, asked, raw, &number, failure)
		})
		return err
	})
	return int(number), next, err
}

// Together says what [Host.PlaceTogether] does when not all VMs fit.
type Together int

const (
	Most Together = 0 // as many as can be: the first goes before the second, and so on
	All  Together = 1 // all of them, or none
)

// PlaceTogether places several VMs on one host: which ones is decided in the order of the
// specs, and then the sum of their costs is the least there is. Their names must differ.
// The plans are in the order of the specs; ask each whether it Fits. Each holds on the
// host on which the plans before it have been carried out.
func (h *Host) PlaceTogether(specs []*Spec, how Together, options ...PlaceOption) ([]*Plan, error) {
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	together, release, err := holdSpecs(specs)
	if err != nil {
		return nil, err
	}
	defer release()
	err = withPlaceOptions(options, func(raw swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Together_place(host, together, int(how), raw, failure)
		})
	})
	if err != nil {
		return nil, err
	}
	plans := make([]*Plan, len(specs))
	for i := range plans {
		plans[i] = ownPlan(swig.Together_take(together, uint(i)))
	}
	return plans, nil
}

// holdSpecs returns the specs as the C library takes them, good until release.
func holdSpecs(specs []*Spec) (list swig.Together, release func(), err error) {
	list = swig.Together_new(uint(len(specs)))
	if list.Swigcptr() == 0 {
		return nil, nil, &Error{Code: ErrNoMemory, Message: "Out of memory"}
	}
	// One that is held twice would wait for itself when it is being closed meanwhile.
	held := make(map[*object]swig.Vtune_spec, len(specs))
	release = func() {
		for object := range held {
			object.release()
		}
		swig.Together_free(list)
	}
	for i, spec := range specs {
		if spec == nil || held[spec.object] == nil {
			raw, err := spec.hold()
			if err != nil {
				release()
				return nil, nil, err
			}
			held[spec.object] = raw
		}
		swig.Together_set(list, uint(i), held[spec.object])
	}
	return list, release, nil
}
