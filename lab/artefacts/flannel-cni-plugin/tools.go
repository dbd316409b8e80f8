//go:build tools

// Package flannelcni pins the module that flannel's CNI plugin is built from.
package flannelcni

import _ "github.com/containernetworking/plugins/plugins/meta/flannel"
