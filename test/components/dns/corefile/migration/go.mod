module plumbline.dev/test/corefile-migration

go 1.26

require github.com/coredns/corefile-migration v1.0.36

require github.com/coredns/caddy v1.1.1 // indirect
