/** What a Service says, in one line of YAML, and what is said of it: `severity path`. */
export interface Case {
  readonly service: string;
  readonly findings: readonly string[];
  /** The API server takes it, and it doesn't work. */
  readonly accepted?: true;
}

const named = (fields: string) => `{apiVersion: v1, kind: Service, metadata: {name: shop}, ${fields}}`;
const spec = (fields: string) => named(`spec: {selector: {app: shop}, ${fields}}`);
const fine = (service: string): Case => ({ service, findings: [] });
const says = (service: string, ...findings: string[]): Case => ({ service, findings });
const http = "ports: [{port: 80, targetPort: 8080}]";
const annotated = (annotations: string, fields = http) =>
  `{apiVersion: v1, kind: Service, metadata: {name: shop, annotations: {${annotations}}}, spec: {selector: {app: shop}, ${fields}}}`;

export const cases: Readonly<Record<string, Case>> = {
  "a plain service": fine(spec(http)),
  "a service with all that is usual": fine(
    spec(
      "type: LoadBalancer, externalTrafficPolicy: Local, internalTrafficPolicy: Cluster, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}, loadBalancerClass: a/b, loadBalancerSourceRanges: [203.0.113.0/24], allocateLoadBalancerNodePorts: false, ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv6, IPv4], ports: [{name: http, port: 80, targetPort: web}, {name: dns, port: 53, protocol: UDP, targetPort: 5353}, {name: dns-tcp, port: 53, protocol: TCP}]",
    ),
  ),
  // Types.
  "no ports": says(spec("type: ClusterIP"), "error spec.ports"),
  "an unknown type": says(spec(`type: clusterIP, ${http}`), "error spec.type"),
  headless: fine(spec("clusterIP: None")),
  "headless and NodePort": says(
    spec(`type: NodePort, clusterIP: None, ${http}`),
    "error spec.clusterIP",
    "warning spec.ports[0].targetPort",
  ),
  "headless with two numbers": says(spec(`clusterIP: None, ${http}`), "warning spec.ports[0].targetPort"),
  "headless with one number": fine(spec("clusterIP: None, ports: [{port: 8080, targetPort: 8080}]")),
  "headless in small letters": says(spec(`clusterIP: none, ${http}`), "error spec.clusterIP"),
  "a name in DNS": fine(named("spec: {type: ExternalName, externalName: db.example.}")),
  "an address for a name": {
    ...says(named("spec: {type: ExternalName, externalName: 10.0.0.1}"), "error spec.externalName"),
    accepted: true,
  },
  "no name": says(named("spec: {type: ExternalName}"), "error spec.externalName"),
  "no DNS name": says(named("spec: {type: ExternalName, externalName: DB_1}"), "error spec.externalName"),
  "a URL for a name": says(named('spec: {type: ExternalName, externalName: "https://db.example"}'), "error spec.externalName"),
  "a name and pods": says(spec("type: ExternalName, externalName: db.example"), "warning spec.selector"),
  "a name and an address": says(
    named("spec: {type: ExternalName, externalName: db.example, clusterIP: 10.96.0.7}"),
    "error spec.clusterIP",
  ),
  "a name that isn't used": says(spec(`externalName: db.example, ${http}`), "warning spec.externalName"),
  // Ports.
  "port 0": says(spec("ports: [{port: 0}]"), "error spec.ports[0].port"),
  "port 65536": says(spec("ports: [{port: 65536}]"), "error spec.ports[0].port"),
  "no port": says(spec("ports: [{targetPort: 80}]"), "error spec.ports[0]"),
  "a port in quotes": says(spec('ports: [{port: "80"}]'), "error spec.ports[0].port"),
  "a target in quotes": says(spec('ports: [{port: 80, targetPort: "8080"}]'), "error spec.ports[0].targetPort"),
  "a target that is too long": says(spec("ports: [{port: 80, targetPort: a-very-long-name}]"), "error spec.ports[0].targetPort"),
  "two ports without names": says(spec("ports: [{port: 80}, {port: 81}]"), "error spec.ports[0]", "error spec.ports[1]"),
  "two ports of one name": says(spec("ports: [{name: a, port: 80}, {name: a, port: 81}]"), "error spec.ports[1].name"),
  "one port twice": says(spec("ports: [{name: a, port: 80}, {name: b, port: 80}]"), "error spec.ports[1].port"),
  "one port of two protocols": fine(spec("ports: [{name: a, port: 80}, {name: b, port: 80, protocol: UDP}]")),
  "a name in capitals": says(spec("ports: [{name: HTTP, port: 80}]"), "error spec.ports[0].name"),
  "a protocol in small letters": says(spec("ports: [{port: 80, protocol: tcp}]"), "error spec.ports[0].protocol"),
  "a NodePort": fine(spec("type: NodePort, ports: [{port: 80, nodePort: 30080}]")),
  "a NodePort without its type": says(spec("ports: [{port: 80, nodePort: 30080}]"), "error spec.ports[0].nodePort"),
  "a NodePort twice": says(
    spec("type: NodePort, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]"),
    "error spec.ports[1].nodePort",
  ),
  "a NodePort outside of the range": says(spec("type: NodePort, ports: [{port: 80, nodePort: 8080}]"), "warning spec.ports[0].nodePort"),
  // Traffic.
  "Local for nobody": says(spec(`externalTrafficPolicy: Local, ${http}`), "error spec.externalTrafficPolicy"),
  "Local in small letters": says(spec(`type: LoadBalancer, externalTrafficPolicy: local, ${http}`), "error spec.externalTrafficPolicy"),
  "Local by NodePort": says(spec(`type: NodePort, externalTrafficPolicy: Local, ${http}`), "info spec.externalTrafficPolicy"),
  "Local inside": says(spec(`internalTrafficPolicy: Local, ${http}`), "info spec.internalTrafficPolicy"),
  "near pods": fine(spec(`trafficDistribution: PreferClose, ${http}`)),
  "near pods, misspelt": says(spec(`trafficDistribution: PreferLocal, ${http}`), "error spec.trafficDistribution"),
  "a health check for nobody": says(spec(`type: NodePort, healthCheckNodePort: 31000, ${http}`), "error spec.healthCheckNodePort"),
  "affinity's time without affinity": says(
    spec(`sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}, ${http}`),
    "warning spec.sessionAffinityConfig",
  ),
  "affinity for two days": says(
    spec(`sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 172800}}, ${http}`),
    "error spec.sessionAffinityConfig.clientIP.timeoutSeconds",
  ),
  "affinity by cookie": says(spec(`sessionAffinity: Cookie, ${http}`), "error spec.sessionAffinity"),
  "affinity of a headless service": says(spec("clusterIP: None, sessionAffinity: ClientIP"), "warning spec.sessionAffinity"),
  // Addresses.
  "an address of the outside": says(spec(`externalIPs: [203.0.113.7], ${http}`), "warning spec.externalIPs"),
  "a range for an address": says(spec(`externalIPs: [203.0.113.0/24], ${http}`), "error spec.externalIPs[0]", "warning spec.externalIPs"),
  "loopback for an address": says(spec(`externalIPs: [127.0.0.1], ${http}`), "error spec.externalIPs[0]", "warning spec.externalIPs"),
  "a load balancer's address": says(spec(`type: LoadBalancer, loadBalancerIP: 203.0.113.7, ${http}`), "warning spec.loadBalancerIP"),
  "sources without a load balancer": says(
    spec(`type: NodePort, loadBalancerSourceRanges: [203.0.113.0/24], ${http}`),
    "error spec.loadBalancerSourceRanges",
  ),
  "a source that is no range": says(
    spec(`type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.7], ${http}`),
    "error spec.loadBalancerSourceRanges[0]",
  ),
  "a class without a load balancer": says(spec(`loadBalancerClass: a/b, ${http}`), "error spec.loadBalancerClass"),
  "an unknown family": says(spec(`ipFamilies: [ipv4], ${http}`), "error spec.ipFamilies[0]"),
  "a family twice": says(spec(`ipFamilies: [IPv4, IPv4], ${http}`), "error spec.ipFamilies[1]"),
  "an unknown policy of families": says(spec(`ipFamilyPolicy: DualStack, ${http}`), "error spec.ipFamilyPolicy"),
  "a label that is none": says(named("spec: {selector: {app: 'the shop'}, ports: [{port: 80}]}"), "error spec.selector.app"),
  "a label with a prefix": fine(named("spec: {selector: {app.kubernetes.io/name: shop_1.A}, ports: [{port: 80}]}")),
  "an empty policy": says(spec(`internalTrafficPolicy: '', ${http}`), "error spec.internalTrafficPolicy"),
  "an empty policy that may be": fine(spec(`externalTrafficPolicy: '', sessionAffinity: '', type: '', ${http}`)),
  "a class that is none": says(spec(`type: LoadBalancer, loadBalancerClass: my class, ${http}`), "error spec.loadBalancerClass"),
  // Annotations and names.
  "an old annotation": says(
    annotated("service.kubernetes.io/topology-aware-hints: auto"),
    "warning metadata.annotations.service.kubernetes.io/topology-aware-hints",
  ),
  "a superseded annotation": says(
    annotated("service.kubernetes.io/topology-mode: Auto"),
    "warning metadata.annotations.service.kubernetes.io/topology-mode",
  ),
  "two annotations against each other": says(
    annotated("service.kubernetes.io/topology-mode: Auto, service.kubernetes.io/topology-aware-hints: disabled"),
    "error metadata.annotations.service.kubernetes.io/topology-mode",
    "warning metadata.annotations.service.kubernetes.io/topology-aware-hints",
  ),
  "an annotation that switches a field off": says(
    annotated("service.kubernetes.io/topology-mode: Auto", `trafficDistribution: PreferClose, ${http}`),
    "warning spec.trafficDistribution",
  ),
  "a name with a dot": says(
    "{apiVersion: v1, kind: Service, metadata: {name: shop.web}, spec: {ports: [{port: 80}]}}",
    "error metadata.name",
  ),
  "a name with a number first": says(
    "{apiVersion: v1, kind: Service, metadata: {name: 1shop}, spec: {ports: [{port: 80}]}}",
    "error metadata.name",
  ),
  "no name at all": says("{apiVersion: v1, kind: Service, spec: {ports: [{port: 80}]}}", "error metadata.name"),
  "no version": says("{kind: Service, metadata: {name: shop}, spec: {ports: [{port: 80}]}}", "error apiVersion"),
  "labels that are numbers": says(named("spec: {selector: {app: 1}, ports: [{port: 80}]}"), "error spec.selector.app"),
};
