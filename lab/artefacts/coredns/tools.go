//go:build tools

// Package coredns pins the module that the lab's CoreDNS is built from.
package coredns

import _ "github.com/coredns/coredns"
