import { versions } from "../core/versions";
import type { GoSource } from "./goSource";

/** `kube-vip`, which announces addresses, and `kube-vip-cloud-provider`, which gives them. */
export const kubeVip: GoSource = {
  name: "kube-vip",
  title: "kube-vip",
  module: {
    path: "github.com/kube-vip/kube-vip",
    version: versions["kube-vip"].version,
    sum: "h1:QvcGrTGziaBzM5tnhNWlsb9mI0tmF9gYh+VBfRDZ8w8=",
  },
  bare: [
    {
      name: "cloud-provider",
      path: "github.com/kube-vip/kube-vip-cloud-provider",
      version: versions["kube-vip-cloud-provider"].version,
      sum: "h1:3i2makj9hY0o62TOsWxkezn2NgEBQUODCtjdwj+LVKc=",
    },
  ],
  packages: [".", "github.com/kube-vip/kube-vip-cloud-provider"],
};
