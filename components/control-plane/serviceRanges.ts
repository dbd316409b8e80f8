import type { ManifestItem } from "../../core/part";
import type { Stack } from "../../core/stack/schema";

/**
 * A ServiceCIDR object for each range of services that the API server isn't started with. Its range never changes, so the range is its name.
 * The API server keeps one that is deleted until no service has an address of it. Source: kubernetes.io, "Extend Service IP Ranges".
 */
export function serviceRangeObjects(part: string, { cluster }: Stack): ManifestItem[] {
  return cluster.additionalServiceCIDRs.map((cidr) => ({
    part,
    object: {
      apiVersion: "networking.k8s.io/v1",
      kind: "ServiceCIDR",
      metadata: { name: `plumbline-${objectName(String(cidr))}`, labels: { "app.kubernetes.io/managed-by": "plumbline" } },
      spec: { cidrs: [String(cidr)] },
    },
  }));
}

/** 10.112.0.0/16 is 10-112-0-0-16, fd00:10:97::/112 is fd00-10-97-112. */
const objectName = (cidr: string) => cidr.replaceAll(/[.:/]+/g, "-").replace(/^-/, "");
