module example.com/vtune-controller

go 1.19

require libvtune/bindings/go v0.0.0

// Until the module is published: where libvtune's source is.
replace libvtune/bindings/go => ../../../bindings/go
