// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "libvtune/bindings/go/internal/swig"

// Report is what [Conn.Apply], [Conn.Migrate] or [Conn.Restore] did, or what [Conn.Verify]
// found; or what [Tuning.Apply], [Tuning.Persist] or [UndoTuning] did. See vtune-report(5).
type Report struct {
	object *object
	holds  bool
}

func freeReport(pointer uintptr) { swig.DeleteVtune_report(swig.SwigcptrVtune_report(pointer)) }

func newReport(call func(failure *uintptr) swig.Vtune_report) (*Report, error) {
	object, err := create(freeReport, func(failure *uintptr) swigObject { return call(failure) })
	if err != nil {
		return nil, err
	}
	holds := swig.Vtune_report_holds(swig.SwigcptrVtune_report(object.pointer)) != 0
	return &Report{object, holds}, nil
}

// Holds reports, of a Verify, whether nothing has drifted; of an Apply, whether all is in
// effect and nothing due at the next start; of a Migrate, whether nothing is left to do; and
// of a host's own settings, whether each is what it was to become.
func (r *Report) Holds() bool { return r.holds }

// Close frees the report. It may be called again.
func (r *Report) Close() error {
	if r != nil {
		r.object.close()
	}
	return nil
}

func (r *Report) text(call func(swig.Vtune_report, *uintptr) string) (string, error) {
	if r == nil {
		return "", closed("report")
	}
	pointer, err := r.object.hold("report")
	if err != nil {
		return "", err
	}
	defer r.object.release()
	return text(func(failure *uintptr) string {
		return call(swig.SwigcptrVtune_report(pointer), failure)
	})
}

// JSON returns the report document.
func (r *Report) JSON() (string, error) { return r.text(swig.Vtune_report_to_json) }

// MarshalJSON returns the report document.
func (r Report) MarshalJSON() ([]byte, error) { return asBytes(r.JSON()) }

// Document returns the report document.
func (r *Report) Document() (*ReportDocument, error) { return decode[ReportDocument](r.JSON()) }

// Text returns the report for people.
func (r *Report) Text() (string, error) { return r.text(swig.Vtune_report_to_text) }
