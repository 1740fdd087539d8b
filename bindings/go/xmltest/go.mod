module libvtune/bindings/go/xmltest

go 1.19

require (
	libvirt.org/go/libvirtxml v1.11002.0
	libvtune/bindings/go v0.0.0
)

replace libvtune/bindings/go => ../
