module libvtune/bindings/go

go 1.19
