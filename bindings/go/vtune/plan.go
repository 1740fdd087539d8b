// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "libvtune/bindings/go/internal/swig"

// Plan is where one VM goes, or why it does not fit.
type Plan struct {
	object        *object
	vm            string
	fits, optimal bool
}

func freePlan(pointer uintptr) { swig.DeleteVtune_plan(swig.SwigcptrVtune_plan(pointer)) }

func ownPlan(raw swig.Vtune_plan) *Plan {
	return &Plan{
		object:  own(raw.Swigcptr(), freePlan),
		vm:      swig.Vtune_plan_get_vm(raw),
		fits:    swig.Vtune_plan_fits(raw) != 0,
		optimal: swig.Vtune_plan_is_optimal(raw) != 0,
	}
}

func newPlan(call func(failure *uintptr) swig.Vtune_plan) (*Plan, error) {
	var failure uintptr
	raw := call(&failure)
	if raw.Swigcptr() == 0 {
		return nil, fromRaw(failure)
	}
	return ownPlan(raw), nil
}

// hold returns the plan of the C library, which is good until p.object.release.
func (p *Plan) hold() (swig.Vtune_plan, error) {
	if p == nil {
		return nil, closed("plan")
	}
	pointer, err := p.object.hold("plan")
	return swig.SwigcptrVtune_plan(pointer), err
}

// ParsePlan reads a plan document.
func ParsePlan(document string) (*Plan, error) {
	if err := checkText("document", document); err != nil {
		return nil, err
	}
	return newPlan(func(failure *uintptr) swig.Vtune_plan {
		return swig.Vtune_plan_from_json(document, failure)
	})
}

// VM returns the name of the VM.
func (p *Plan) VM() string { return p.vm }

// Fits reports whether the VM fits.
func (p *Plan) Fits() bool { return p.fits }

// Optimal reports whether the plan is proven to be the best one; of several that were
// placed together, the best one together with the others.
func (p *Plan) Optimal() bool { return p.optimal }

// Err returns nil for a plan that fits, and an *[InfeasibleError] for one that does not.
func (p *Plan) Err() error {
	if p != nil && p.fits {
		return nil
	}
	document, err := p.Document()
	if err != nil {
		return err
	}
	return &InfeasibleError{
		VM: p.vm, Reasons: document.Reasons, WouldFit: document.WouldFit, Plan: p,
	}
}

// Close frees the plan. It may be called again.
func (p *Plan) Close() error {
	if p != nil {
		p.object.close()
	}
	return nil
}

// JSON returns the plan document.
func (p *Plan) JSON() (string, error) {
	return p.text(swig.Vtune_plan_to_json)
}

// MarshalJSON returns the plan document.
func (p Plan) MarshalJSON() ([]byte, error) { return asBytes(p.JSON()) }

// UnmarshalJSON reads a plan document into a plan that nobody else uses yet.
func (p *Plan) UnmarshalJSON(document []byte) error {
	if string(document) == "null" {
		return nil // as is the custom
	}
	read, err := ParsePlan(string(document))
	if err != nil {
		return err
	}
	p.object.close()
	*p = *read
	return nil
}

// Document returns the plan document. It is made anew by each call.
func (p *Plan) Document() (*PlanDocument, error) { return decode[PlanDocument](p.JSON()) }

func (p *Plan) text(call func(swig.Vtune_plan, *uintptr) string) (string, error) {
	plan, err := p.hold()
	if err != nil {
		return "", err
	}
	defer p.object.release()
	return text(func(failure *uintptr) string { return call(plan, failure) })
}

// XML returns the plan as a libvirt domain: what placement governs, nothing else.
func (p *Plan) XML(options ...XMLOption) (string, error) {
	var o xmlOptions
	for _, option := range options {
		option(&o)
	}
	if o.domainType == "" {
		return p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
			return swig.Vtune_plan_to_xml(plan, nil, failure)
		})
	}
	if err := checkText("domain type", o.domainType); err != nil {
		return "", err
	}
	var xml string
	err := withOptions(func(options swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Vtune_options_set_domain_type(options, o.domainType, failure)
		})
	}, func(options swig.Vtune_options) (err error) {
		xml, err = p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
			return swig.Vtune_plan_to_xml(plan, options, failure)
		})
		return err
	})
	return xml, err
}

// PatchDomainXML lays the plan into an existing domain XML: what the plan governs is
// replaced, everything else stays as it is.
func (p *Plan) PatchDomainXML(domainXML string) (string, error) {
	if err := checkText("XML", domainXML); err != nil {
		return "", err
	}
	return p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
		return swig.Vtune_plan_patch_domain_xml(plan, domainXML, failure)
	})
}

// Text returns the plan for people: sentences, and a picture of the host with the VM, at
// most so many columns wide (0: 100). host: the one that the plan was made on.
func (p *Plan) Text(host *Host, columns int) (string, error) {
	width, err := columnsOf(columns)
	if err != nil {
		return "", err
	}
	on, err := host.hold()
	if err != nil {
		return "", err
	}
	defer host.object.release()
	return p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
		return swig.Vtune_plan_to_text(plan, on, width, failure)
	})
}

// SVG returns the picture of the host with the VM as an SVG document.
func (p *Plan) SVG(host *Host) (string, error) {
	on, err := host.hold()
	if err != nil {
		return "", err
	}
	defer host.object.release()
	return p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
		return swig.Vtune_plan_to_svg(plan, on, failure)
	})
}

// Explain says, for people, why the plan is as it is. Host, spec and options: what it was
// made with. This takes many times as long as [Host.Place].
func (p *Plan) Explain(host *Host, spec *Spec, options ...PlaceOption) (string, error) {
	on, err := host.hold()
	if err != nil {
		return "", err
	}
	defer host.object.release()
	asked, err := spec.hold()
	if err != nil {
		return "", err
	}
	defer spec.object.release()
	var why string
	err = withPlaceOptions(options, func(raw swig.Vtune_options) (err error) {
		why, err = p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
			return swig.Vtune_plan_explain(plan, on, asked, raw, failure)
		})
		return err
	})
	return why, err
}

// Validate checks the plan against a host and a spec, from first principles. The error is
// an [ErrNotValid] when it does not hold. [Host.Place] does this with every plan before
// it returns it; do it again when the host may have changed since.
func (p *Plan) Validate(host *Host, spec *Spec) error {
	on, err := host.hold()
	if err != nil {
		return err
	}
	defer host.object.release()
	asked, err := spec.hold()
	if err != nil {
		return err
	}
	defer spec.object.release()
	plan, err := p.hold()
	if err != nil {
		return err
	}
	defer p.object.release()
	return check(func(failure *uintptr) int {
		return swig.Vtune_plan_validate(plan, on, asked, failure)
	})
}
