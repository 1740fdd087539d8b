// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "libvtune/bindings/go/internal/swig"

// Spec is what one VM asks for.
type Spec struct {
	object *object
	name   string
}

func freeSpec(pointer uintptr) { swig.DeleteVtune_spec(swig.SwigcptrVtune_spec(pointer)) }

func newSpec(call func(failure *uintptr) swig.Vtune_spec) (*Spec, error) {
	object, err := create(freeSpec, func(failure *uintptr) swigObject { return call(failure) })
	if err != nil {
		return nil, err
	}
	return &Spec{object, swig.Vtune_spec_get_name(swig.SwigcptrVtune_spec(object.pointer))}, nil
}

// hold returns the spec of the C library, which is good until s.object.release.
func (s *Spec) hold() (swig.Vtune_spec, error) {
	if s == nil {
		return nil, closed("spec")
	}
	pointer, err := s.object.hold("spec")
	return swig.SwigcptrVtune_spec(pointer), err
}

// ParseSpec reads a spec document.
func ParseSpec(document string) (*Spec, error) {
	if err := checkText("document", document); err != nil {
		return nil, err
	}
	return newSpec(func(failure *uintptr) swig.Vtune_spec {
		return swig.Vtune_spec_from_json(document, failure)
	})
}

// NewSpec makes a spec of a document. Its Version may be 0.
func NewSpec(document SpecDocument) (*Spec, error) {
	if document.Version == 0 {
		document.Version = 1
	}
	text, err := marshal(document)
	if err != nil {
		return nil, err
	}
	return ParseSpec(text)
}

// SpecFromDomainXML makes a spec for what a libvirt domain XML describes already.
func SpecFromDomainXML(xml string) (*Spec, error) {
	if err := checkText("XML", xml); err != nil {
		return nil, err
	}
	return newSpec(func(failure *uintptr) swig.Vtune_spec {
		return swig.Vtune_spec_from_domain_xml(xml, failure)
	})
}

// SpecForMigration makes a spec for a domain that goes to another host and keeps what its
// guest sees. See [Plan.MigrationXML].
func SpecForMigration(domainXML string) (*Spec, error) {
	if err := checkText("XML", domainXML); err != nil {
		return nil, err
	}
	return newSpec(func(failure *uintptr) swig.Vtune_spec {
		return swig.Vtune_spec_for_migration(domainXML, failure)
	})
}

// Name returns the name of the VM, "vm" where the spec has none.
func (s *Spec) Name() string { return s.name }

// Close frees the spec. It may be called again.
func (s *Spec) Close() error {
	if s != nil {
		s.object.close()
	}
	return nil
}

// WithName returns the same spec for a VM of another name. s is unchanged.
func (s *Spec) WithName(name string) (*Spec, error) {
	if err := checkText("name", name); err != nil {
		return nil, err
	}
	spec, err := s.hold()
	if err != nil {
		return nil, err
	}
	defer s.object.release()
	return newSpec(func(failure *uintptr) swig.Vtune_spec {
		return swig.Vtune_spec_with_name(spec, name, failure)
	})
}

// JSON returns the spec document; read again it gives an equal spec.
func (s *Spec) JSON() (string, error) {
	spec, err := s.hold()
	if err != nil {
		return "", err
	}
	defer s.object.release()
	return text(func(failure *uintptr) string { return swig.Vtune_spec_to_json(spec, failure) })
}

// MarshalJSON returns the spec document.
func (s Spec) MarshalJSON() ([]byte, error) { return asBytes(s.JSON()) }

// UnmarshalJSON reads a spec document into a spec that nobody else uses yet. Unlike
// decoding into a [SpecDocument] it refuses unknown keys.
func (s *Spec) UnmarshalJSON(document []byte) error {
	if string(document) == "null" {
		return nil // as is the custom
	}
	read, err := ParseSpec(string(document))
	if err != nil {
		return err
	}
	s.object.close()
	*s = *read
	return nil
}

// Document returns the spec document.
func (s *Spec) Document() (*SpecDocument, error) { return decode[SpecDocument](s.JSON()) }
