import type { Stack } from "../../core/stack/schema";
import { coreDnsOf, defaultVersion } from "./corefile/versions";

/** What kubeadm installs unless it was given another repository (cmd/kubeadm/app/images). */
export const coreDnsImage = ({ cluster, dns }: Stack): string =>
  dns.image ?? `registry.k8s.io/coredns/coredns:v${coreDnsOf(cluster.kubernetes) ?? defaultVersion}`;
