import { readAddress, readCidr } from "../proxy/lint/sloppy";
import { isQualifiedName, oneOf, refused, type ServiceRule } from "./subject";

const types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"];

export const checkType: ServiceRule = (subject) => {
  const { spec, type, isHeadless, report } = subject;
  oneOf(subject, "type", type, types);
  if (isHeadless && (type === "NodePort" || type === "LoadBalancer"))
    report(
      "error",
      ["clusterIP"],
      `None can't be together with type ${type}: ${refused}`,
      "Remove clusterIP: None, or write type: ClusterIP.",
    );
  if ((spec.ports ?? []).length === 0 && !isHeadless && type !== "ExternalName")
    report("error", ["ports"], `is missing: ${refused}`, "Write ports, for example [{ port: 80, targetPort: 8080 }].");
  if (type !== "ExternalName" && spec.externalName)
    report("warning", ["externalName"], `does nothing with type ${type}.`, "Remove it, or write type: ExternalName.");
};

export const checkExternalName: ServiceRule = ({ spec, type, report }) => {
  if (type !== "ExternalName") return;
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  if (name === "")
    report("error", ["externalName"], `is missing: ${refused}`, "Write the name that the service stands for, for example db.example.");
  else if (readAddress(name))
    report(
      "error",
      ["externalName"],
      `${name} is an address: DNS answers with it as a name, which nobody can look up.`,
      "Write a service without selector, and an EndpointSlice with the address.",
    );
  else if (name.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name))
    report(
      "error",
      ["externalName"],
      `${JSON.stringify(name)} is no DNS name: ${refused}`,
      "Write lower-case letters, digits, '-' and dots.",
    );
  if (spec.clusterIP || (spec.clusterIPs ?? []).length > 0)
    report("error", [spec.clusterIP ? "clusterIP" : "clusterIPs"], `can't be together with type ExternalName: ${refused}`, "Remove it.");
  for (const field of ["ipFamilies", "ipFamilyPolicy"] as const)
    if (spec[field] && spec[field].length > 0)
      report("error", [field], `can't be together with type ExternalName: ${refused}`, "Remove it.");
  if (spec.selector && Object.keys(spec.selector).length > 0)
    report(
      "warning",
      ["selector"],
      "does nothing with type ExternalName: it is a name in DNS only.",
      "Remove it, or write type: ClusterIP.",
    );
};

export const checkAddresses: ServiceRule = (subject) => {
  const { spec, type, report } = subject;
  if (spec.clusterIP && spec.clusterIP !== "None" && !readAddress(spec.clusterIP)) {
    const mend = /^none$/i.test(spec.clusterIP) ? "Write None." : "Write an address of the cluster's service range, or remove it.";
    report("error", ["clusterIP"], `${JSON.stringify(spec.clusterIP)} is no address: ${refused}`, mend);
  }
  oneOf(subject, "ipFamilyPolicy", spec.ipFamilyPolicy, ["SingleStack", "PreferDualStack", "RequireDualStack"]);
  const families = spec.ipFamilies ?? [];
  families.forEach((family, index) => {
    if (family !== "IPv4" && family !== "IPv6")
      report("error", ["ipFamilies", index], `${JSON.stringify(family)} is none of IPv4, IPv6: ${refused}`, "Write IPv4 or IPv6.");
    else if (families.indexOf(family) !== index)
      report("error", ["ipFamilies", index], `${family} is there twice: ${refused}`, "Write each family once.");
  });
  (spec.externalIPs ?? []).forEach((text, index) => {
    if (!readAddress(text))
      report(
        "error",
        ["externalIPs", index],
        `${JSON.stringify(text)} is no address: ${refused}`,
        "Write an address without a prefix length.",
      );
    else if (/^(127\.|169\.254\.|224\.0\.0\.|0\.0\.0\.0$|::1?$|fe80:|ff0[12]:)/i.test(text))
      report(
        "error",
        ["externalIPs", index],
        `${text} is loopback, link-local or no address of anybody: ${refused}`,
        "Write an address that is routed to the nodes.",
      );
  });
  if ((spec.externalIPs ?? []).length > 0)
    report(
      "warning",
      ["externalIPs"],
      "lets whoever may write services take over any address (CVE-2020-8554); many clusters forbid it, and it is deprecated.",
      "Write type: LoadBalancer, with MetalLB or kube-vip on bare metal.",
    );
  const needsLoadBalancer = ["loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"] as const;
  for (const field of needsLoadBalancer) {
    const value = spec[field];
    const isSet = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
    if (isSet && type !== "LoadBalancer")
      report("error", [field], `needs type LoadBalancer: ${refused}`, "Remove it, or write type: LoadBalancer.");
  }
  (spec.loadBalancerSourceRanges ?? []).forEach((text, index) => {
    if (!readCidr(text.trim()))
      report(
        "error",
        ["loadBalancerSourceRanges", index],
        `${JSON.stringify(text)} is no range of addresses: ${refused}`,
        "Write for example 203.0.113.0/24.",
      );
  });
  if (spec.loadBalancerIP)
    report(
      "warning",
      ["loadBalancerIP"],
      `is deprecated since Kubernetes 1.24${type === "LoadBalancer" ? "" : `, and does nothing with type ${type}`}.`,
      "Write the annotation of your load balancer, for example metallb.io/loadBalancerIPs.",
    );
};

/** Which pods are behind a service, and which load balancer is before it. */
export const checkLabels: ServiceRule = ({ spec, report }) => {
  for (const [name, value] of Object.entries(spec.selector ?? {})) {
    if (isQualifiedName(name) && (value === "" || (isQualifiedName(value) && !value.includes("/")))) continue;
    report(
      "error",
      ["selector", name],
      `${name}: ${value} can't be a label of a pod: ${refused}`,
      "Write letters, digits, '-', '_' and '.', at most 63.",
    );
  }
  const { loadBalancerClass } = spec;
  if (typeof loadBalancerClass === "string" && !isQualifiedName(loadBalancerClass))
    report(
      "error",
      ["loadBalancerClass"],
      `${JSON.stringify(loadBalancerClass)} is no name of a class: ${refused}`,
      "Write for example example.com/internal.",
    );
};
