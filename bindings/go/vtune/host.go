// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"encoding/json"
	"math"

	"libvtune/bindings/go/internal/swig"
)

// Host is a host, and what the VMs on it already hold.
type Host struct {
	object *object
	name   string
}

func freeHost(pointer uintptr) { swig.DeleteVtune_host(swig.SwigcptrVtune_host(pointer)) }

func newHost(call func(failure *uintptr) swig.Vtune_host) (*Host, error) {
	object, err := create(freeHost, func(failure *uintptr) swigObject { return call(failure) })
	if err != nil {
		return nil, err
	}
	return &Host{object, swig.Vtune_host_get_name(swig.SwigcptrVtune_host(object.pointer))}, nil
}

// hold returns the host of the C library, which is good until h.object.release.
func (h *Host) hold() (swig.Vtune_host, error) {
	if h == nil {
		return nil, closed("host")
	}
	pointer, err := h.object.hold("host")
	return swig.SwigcptrVtune_host(pointer), err
}

func hostOfText(what, text string, parse func(string, *uintptr) swig.Vtune_host) (*Host, error) {
	if err := checkText(what, text); err != nil {
		return nil, err
	}
	return newHost(func(failure *uintptr) swig.Vtune_host { return parse(text, failure) })
}

// SystemHost reads the machine this runs on, with what is free on it now.
func SystemHost() (*Host, error) {
	return newHost(swig.Vtune_host_from_system)
}

// HostFromHwlocXML reads the text of an hwloc XML topology (lstopo file.xml). It does not
// say what is free: all memory counts as free.
func HostFromHwlocXML(xml string) (*Host, error) {
	return hostOfText("XML", xml, swig.Vtune_host_from_hwloc_xml)
}

// HostFromHwlocFile is as [HostFromHwlocXML], from a file.
func HostFromHwlocFile(path string) (*Host, error) {
	return hostOfText("path", path, swig.Vtune_host_from_hwloc_file)
}

// HostFromSynthetic makes a host of an hwloc synthetic description, as
// "numa:2 core:8 pu:2": see lstopo(1).
func HostFromSynthetic(description string) (*Host, error) {
	return hostOfText("description", description, swig.Vtune_host_from_synthetic)
}

// HostFromCapabilities reads libvirt capabilities XML. It does not say what is free: all
// memory counts as free.
func HostFromCapabilities(xml string) (*Host, error) {
	return hostOfText("XML", xml, swig.Vtune_host_from_capabilities)
}

// ParseHost reads a host document.
func ParseHost(document string) (*Host, error) {
	return hostOfText("document", document, swig.Vtune_host_from_json)
}

// NewHost makes a host of a document. Its Version may be 0.
func NewHost(document HostDocument) (*Host, error) {
	if document.Version == 0 {
		document.Version = 1
	}
	text, err := marshal(document)
	if err != nil {
		return nil, err
	}
	return ParseHost(text)
}

// Name returns the host's name, "" where it has none.
func (h *Host) Name() string { return h.name }

// Close frees the host. It may be called again.
func (h *Host) Close() error {
	if h != nil {
		h.object.close()
	}
	return nil
}

// JSON returns the host document; read again it gives an equal host.
func (h *Host) JSON() (string, error) {
	host, err := h.hold()
	if err != nil {
		return "", err
	}
	defer h.object.release()
	return text(func(failure *uintptr) string { return swig.Vtune_host_to_json(host, failure) })
}

// MarshalJSON returns the host document.
func (h Host) MarshalJSON() ([]byte, error) { return asBytes(h.JSON()) }

// UnmarshalJSON reads a host document into a host that nobody else uses yet.
func (h *Host) UnmarshalJSON(document []byte) error {
	if string(document) == "null" {
		return nil // as is the custom
	}
	read, err := ParseHost(string(document))
	if err != nil {
		return err
	}
	h.object.close()
	*h = *read
	return nil
}

// Document returns the host document.
func (h *Host) Document() (*HostDocument, error) { return decode[HostDocument](h.JSON()) }

// Warnings returns what the owner of the host should know, as that two VMs hold the same
// CPU: a sentence each.
func (h *Host) Warnings() ([]string, error) {
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	var warnings []string
	for {
		warning := swig.Vtune_host_get_warning(host, uint(len(warnings)))
		if warning == "" {
			return warnings, nil
		}
		warnings = append(warnings, warning)
	}
}

// Text returns a picture of the host in text, at most so many columns wide (0: 100).
func (h *Host) Text(columns int) (string, error) {
	host, err := h.hold()
	if err != nil {
		return "", err
	}
	defer h.object.release()
	width, err := columnsOf(columns)
	if err != nil {
		return "", err
	}
	return text(func(failure *uintptr) string {
		return swig.Vtune_host_to_text(host, width, failure)
	})
}

// SVG returns a picture of the host as an SVG document.
func (h *Host) SVG() (string, error) {
	host, err := h.hold()
	if err != nil {
		return "", err
	}
	defer h.object.release()
	return text(func(failure *uintptr) string { return swig.Vtune_host_to_svg(host, failure) })
}

// WithState returns a new host with another state. h is unchanged.
func (h *Host) WithState(state HostState) (*Host, error) {
	json, err := marshal(state)
	if err != nil {
		return nil, err
	}
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	return newHost(func(failure *uintptr) swig.Vtune_host {
		return swig.Vtune_host_with_state(host, json, failure)
	})
}

// WithPlan returns a new host on which the plan has been carried out: what it holds takes
// the place of anything that its VM held before. h is unchanged; the two share what is
// the same in both.
func (h *Host) WithPlan(plan *Plan) (*Host, error) {
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	raw, err := plan.hold()
	if err != nil {
		return nil, err
	}
	defer plan.object.release()
	return newHost(func(failure *uintptr) swig.Vtune_host {
		return swig.Vtune_host_with_plan(host, raw, failure)
	})
}

// Without returns a new host from which a VM is gone, with all that it held free again. It
// is no error when the host has no such VM. h is unchanged.
func (h *Host) Without(vm string) (*Host, error) {
	if err := checkText("name of the VM", vm); err != nil {
		return nil, err
	}
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	return newHost(func(failure *uintptr) swig.Vtune_host {
		return swig.Vtune_host_without(host, vm, failure)
	})
}

func columnsOf(columns int) (uint, error) {
	if columns < 0 || columns > math.MaxInt32 {
		return 0, &Error{Code: ErrInvalid, Message: "The number of columns is out of range"}
	}
	return uint(columns), nil
}

func marshal(document any) (string, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return "", &Error{Code: ErrInvalid, Message: err.Error(), cause: err}
	}
	return string(text), nil
}

func decode[T any](text string, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	document := new(T)
	if err := json.Unmarshal([]byte(text), document); err != nil {
		return nil, &Error{Code: ErrInternal, Message: err.Error(), cause: err}
	}
	return document, nil
}

func asBytes(text string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return []byte(text), nil
}
