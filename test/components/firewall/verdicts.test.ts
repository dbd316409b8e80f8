import { packetTable, Wire } from "../../support/packets";
import { stackFile, stackWith } from "../../support/stacks";

const others = { admin: "10.100.0.1", client: "10.100.0.9", router: "10.100.0.254", internet: "203.0.113.5" };

describe("the lab", () => {
  const wire = new Wire(stackFile("lab"), others);

  describe.each([
    {
      what: "the closed side: nobody from outside reaches a port of the cluster",
      packets: `
        client -> w1 tcp 10250          : drop policy
        client -> cp1 tcp 10250         : drop policy
        client -> cp1 tcp 2379          : drop policy
        client -> cp1 tcp 2380          : drop policy
        client -> cp1 tcp 10257         : drop policy
        client -> cp1 tcp 10259         : drop policy
        client -> w1 tcp 10249          : drop policy
        client -> w1 tcp 10256          : drop policy
        client -> w1 tcp 22             : drop policy
        client -> cp1 tcp 6443          : drop policy
        client -> w1 udp 8472           : drop policy
        # On the node itself nothing listens on these: only what kube-proxy or portmap translates comes in.
        client -> w1 tcp 30080          : drop policy
        client -> w1 tcp 80             : drop policy
        client -> pod@w1 tcp 8080       : drop no declared flow opens a connection to this pod
        client -> pod@w1 icmp echo-request : drop no declared flow opens a connection to this pod
        # From the inside, what belongs to the control plane only.
        w1 -> w2 tcp 10250              : drop policy
        w1 -> cp1 tcp 2379              : drop policy
        w1 -> w2 tcp 22                 : drop policy
        pod@w1 -> cp1 tcp 2379          : drop policy
        pod@w1 -> w1 tcp 22             : drop policy
        pod@w1 -> w2 tcp 9100           : drop policy
      `,
    },
    {
      what: "the control plane",
      packets: `
        admin -> w1 tcp 22              : accept SSH for administrators (failsafe)
        admin -> cp1 tcp 22             : accept SSH for administrators (failsafe)
        admin -> cp1 tcp 6443           : accept API server for administrators (failsafe)
        admin -> w1 tcp 6443            : drop policy
        w1 -> cp1 tcp 6443              : accept API server for kubelets and kube-proxy
        pod@w1 -> cp1 tcp 6443          : accept API server for pods
        pod@cp1 -> cp1 tcp 6443         : accept API server for pods
        # kubectl logs, exec and port-forward go through the API server.
        cp1 -> w1 tcp 10250             : accept kubelet: logs, exec, port-forward
        cp1 -> cp1 tcp 10250            : accept kubelet: logs, exec, port-forward
        # metrics-server
        pod@w2 -> w1 tcp 10250          : accept kubelet metrics for metrics-server and monitoring
        # A static pod asks its neighbour on the host.
        cp1 -> cp1 tcp 10257 if lo      : accept the host to itself
      `,
    },
    {
      what: "pods",
      packets: `
        pod@w1 -> pod@w2 tcp 8080       : accept pods reach pods
        pod@w1 -> pod@w2 tcp 8080 on w1 : accept pods reach pods
        pod@w1 -> pod@w1 udp 53         : accept pods reach pods
        pod@cp1 -> pod@w2 sctp 9999     : accept pods reach pods
        pod@w1 -> pod@w2 icmp echo-request : accept pods reach pods
        # Webhooks and aggregated APIs: the API server opens connections to pods. So do kubelets of other nodes' services.
        cp1 -> pod@w1 tcp 8443          : accept nodes reach pods: probes, webhooks, services
        w2 -> pod@w1 tcp 8080           : accept nodes reach pods: probes, webhooks, services
        # Away from the cluster, on any way.
        pod@w1 -> internet tcp 443 on w1 : accept policy
        pod@w1 -> client icmp echo-request on w1 : accept policy
      `,
    },
    {
      what: "NodePort and hostPort",
      packets: `
        # A NodePort, its pod on the same node; then (externalTrafficPolicy Cluster) on another one, to which w1 sends it with its own address.
        client -> pod@w1 tcp 8080 (was 30080)       : accept NodePort services
        client -> pod@w2 tcp 8080 (was 30080) on w1 : accept NodePort services
        w1 -> pod@w2 tcp 8080                       : accept nodes reach pods: probes, webhooks, services
        client -> pod@w1 udp 5353 (was 32767)       : accept NodePort services
        client -> pod@w1 tcp 8080 (was 29999)       : drop no declared flow opens a connection to this pod
        client -> pod@w1 sctp 8080 (was 30080)      : drop no declared flow opens a connection to this pod
        # The pod of a NodePort may be on the host network: translated to the node itself.
        client -> w1 tcp 8080 (was 30080)           : accept NodePort services
        # Traefik's hostPorts, on workers only.
        client -> pod@w1 tcp 8000 (was 80)          : accept HTTP and HTTPS for the ingress controller traefik
        internet -> pod@w2 tcp 8443 (was 443)       : accept HTTP and HTTPS for the ingress controller traefik
        client -> pod@cp1 tcp 8000 (was 80)         : drop no declared flow opens a connection to this pod
        client -> pod@w1 tcp 8080 (was 8080)        : drop no declared flow opens a connection to this pod
      `,
    },
    {
      what: "what every network needs",
      packets: `
        client -> w1 icmp echo-request              : accept ICMP essentials
        router -> w1 icmp destination-unreachable   : accept ICMP essentials
        router -> w1 icmp time-exceeded             : accept ICMP essentials
        client -> w1 icmp redirect                  : drop policy
        client -> w1 icmp timestamp-request         : drop policy
        # DHCP: offers and renewals from the server, and nothing else to that port.
        router -> w1 udp 68 from 67                 : accept DHCP
        client -> w1 udp 68 from 1024               : drop policy
        client -> w1 tcp 40000 established          : accept replies
        router -> w1 icmp destination-unreachable related : accept replies
        client -> w1 tcp 22 invalid                 : drop packets of no connection
        internet -> pod@w1 tcp 40000 established    : accept replies
        router -> pod@w1 icmp destination-unreachable related : accept replies
        # Other software's containers and VMs on the host are none of our business.
        client -> 172.17.0.2 tcp 80 on w1           : accept policy
        172.17.0.2 -> internet tcp 443 on w1        : accept policy
      `,
    },
  ])("$what", ({ packets }) => {
    test.each(packetTable(packets))("$packet: $verdict", ({ packet, verdict }) => expect(wire.send(packet)).toBe(verdict));
  });

  test.each([
    ["pod@w1", "internet", true],
    ["pod@w1", "client", true],
    ["pod@w1", "pod@w1", false],
    ["pod@w1", "pod@w2", false],
    ["pod@w1", "cp1", false],
    ["pod@w1", "w1", false],
    ["pod@w1", "224.0.0.251", false],
    // Its own node does that, and only for its own pods.
    ["w1", "internet", false],
  ])("a packet from %s to %s gets its node's address: %s", (from, to, isReplaced) => {
    expect(wire.isMasqueraded(from, to)).toBe(isReplaced);
  });
});

describe("dual stack, over IPv6", () => {
  const wire = new Wire(stackFile("prod-example"), { client: "fd00:10:20::9", internet: "2001:db8::1", link: "fe80::1" }, 6);
  test.each(
    packetTable(`
      client -> w1 tcp 10250                              : drop policy
      client -> cp1 tcp 22                                : drop policy
      w1 -> cp1 tcp 6443                                  : accept API server for kubelets and kube-proxy
      cp1 -> cp2 tcp 2380                                 : accept etcd clients and peers
      w1 -> cp2 tcp 2380                                  : drop policy
      pod@w1 -> pod@w2 tcp 8080                           : accept pods reach pods
      w1 -> pod@w2 tcp 8080                               : accept nodes reach pods: probes, webhooks, services
      client -> pod@w1 tcp 8080                           : drop no declared flow opens a connection to this pod
      client -> pod@w1 tcp 8080 (was 30080)               : accept NodePort services
      # IPv6 stops without these: RFC 4890, 4.3 and 4.4.
      link -> w1 icmpv6 nd-neighbor-solicit               : accept ICMPv6 essentials
      link -> w1 icmpv6 nd-neighbor-advert untracked      : accept ICMPv6 essentials
      link -> w1 icmpv6 nd-router-advert                  : accept ICMPv6 essentials
      internet -> w1 icmpv6 packet-too-big                : accept ICMPv6 essentials
      link -> w1 icmpv6 mld-listener-query                : accept ICMPv6 essentials
      link -> w1 icmpv6 nd-redirect                       : drop policy
      # A pod asks for another one of its bridge from its link-local address, and br_netfilter shows that to the forward chain.
      link -> pod@w1 icmpv6 nd-neighbor-solicit           : accept neighbour discovery between pods of one bridge
      link -> pod@w1 tcp 8080                             : drop no declared flow opens a connection to this pod
      link -> w1 udp 546 from 547                         : accept DHCPv6
      client -> w1 udp 546 from 547                       : drop policy
    `),
  )("$packet: $verdict", ({ packet, verdict }) => expect(wire.send(packet)).toBe(verdict));

  test("pods leave the cluster with their node's address, in IPv6 too", () => {
    expect(wire.isMasqueraded("pod@w1", "internet")).toBe(true);
    expect(wire.isMasqueraded("pod@w1", "pod@w2")).toBe(false);
    expect(wire.isMasqueraded("pod@w1", "cp1")).toBe(false);
    expect(wire.isMasqueraded("pod@w1", "ff02::fb")).toBe(false);
  });
});

describe("dual stack, over IPv4", () => {
  const wire = new Wire(stackFile("prod-example"), { vpn: "10.8.40.7", office: "10.8.1.1", bastion: "10.20.0.5", client: "10.20.0.9" });
  test.each(
    packetTable(`
      bastion -> w1 tcp 22       : accept SSH for administrators (failsafe)
      office -> cp2 tcp 6443     : accept API server for administrators (failsafe)
      cp1 -> cp3 tcp 2379        : accept etcd clients and peers
      # What the stack allows: for the port of the node, and for a pod's hostPort.
      vpn -> w1 tcp 9100         : accept node exporter
      vpn -> cp1 tcp 9100        : accept node exporter
      office -> w1 tcp 9100      : drop policy
      vpn -> pod@w1 tcp 9200 (was 9100) : accept node exporter
      office -> pod@w1 tcp 9200 (was 9100) : drop no declared flow opens a connection to this pod
      w1 -> cp1 tcp 8404         : accept load balancer statistics
      w1 -> w2 tcp 8404          : drop policy
      cp1 -> w1 tcp 8404         : drop policy
    `),
  )("$packet: $verdict", ({ packet, verdict }) => expect(wire.send(packet)).toBe(verdict));
});

describe("kube-proxy in ipvs mode, which takes packets off behind the filter", () => {
  const wire = new Wire(stackWith({ proxy: { mode: "ipvs" } }));
  const send = (from: string, to: string, port: number) => wire.table("w1").judge("input", { from, to, protocol: "tcp", port });

  test.each([
    ["a pod to a service", "10.244.21.7", "10.96.0.10", 53, "accept", "pods reach services (ipvs)"],
    ["another node to a service", "192.168.0.20", "10.96.0.1", 443, "accept", "nodes reach services (ipvs)"],
    ["somebody else to a service", "192.168.0.9", "10.96.0.10", 53, "drop", "policy"],
    ["a client to a NodePort", "192.168.0.9", "192.168.0.21", 30080, "accept", "NodePort services"],
    ["a client to another port", "192.168.0.9", "192.168.0.21", 10250, "drop", "policy"],
    ["a pod to the node", "10.244.21.7", "192.168.0.21", 22, "accept", "SSH for administrators (failsafe)"],
    ["a pod to a closed port of the node", "10.244.21.7", "192.168.0.21", 2379, "drop", "policy"],
  ])("%s", (_, from, to, port, verdict, why) => expect(send(from, to, port)).toEqual({ verdict, why }));
});

describe("over a tunnel, where pods reach other nodes with their own node's address", () => {
  const wire = new Wire(stackWith({ cni: { provider: "vxlan" } }));
  const why = "kubelet metrics for metrics-server and monitoring";
  test.each([
    ["a pod of the node itself", "10.244.20.7", 10250, "accept", why],
    ["a pod of another node, as it arrives", "192.168.0.21", 10250, "accept", `${why}, from other nodes`],
    ["another port of the node", "192.168.0.21", 2379, "drop", "policy"],
    ["somebody else", "192.168.0.9", 10250, "drop", "policy"],
  ])("%s", (_, from, port, verdict, reason) =>
    expect(wire.table("cp1").judge("input", { from, to: "192.168.0.20", protocol: "tcp", port })).toEqual({ verdict, why: reason }),
  );
});

describe("without a list of administrators", () => {
  const wire = new Wire(stackWith({ ssh: { agent: true, port: 2222 }, cluster: { apiServerPort: 8443 } }), { client: "192.168.0.9" });
  test.each(
    packetTable(`
      client -> w1 tcp 2222   : accept SSH for administrators (failsafe)
      client -> cp1 tcp 8443  : accept API server for administrators (failsafe)
      client -> w1 tcp 22     : drop policy
      client -> cp1 tcp 6443  : drop policy
      w1 -> cp1 tcp 8443      : accept API server for administrators (failsafe)
    `),
  )("$packet: $verdict", ({ packet, verdict }) => expect(wire.send(packet)).toBe(verdict));
});

test("with the firewall off nothing is filtered, and pods still leave with their node's address", () => {
  const wire = new Wire(stackWith({ firewall: { mode: "off" } }), { internet: "203.0.113.5" });
  expect(wire.table("w1").chainNames).toEqual(["postrouting"]);
  expect(wire.isMasqueraded("pod@w1", "internet")).toBe(true);
});

describe("services with addresses of their own, and the load balancers before them", () => {
  const wire = new Wire(
    stackWith({
      cluster: { loadBalancerPools: [{ name: "office", range: "192.168.7.16-192.168.7.31" }] },
      proxy: { externalIPs: ["192.168.9.9/32"], healthCheckers: ["10.8.0.5/32"] },
      firewall: { allow: [{ from: "control-plane", to: "control-plane", vrrp: true, why: "keepalived" }] },
    }),
    { client: "203.0.113.5", balancer: "10.8.0.5" },
  );

  test.each(
    packetTable(`
      client -> pod@w1 tcp 8080 (was 192.168.7.20:443) : accept LoadBalancer services
      client -> pod@w1 udp 53 (was 192.168.7.31:53)    : accept LoadBalancer services
      client -> pod@w1 tcp 8080 (was 192.168.7.32:443) : drop no declared flow opens a connection to this pod
      client -> pod@w1 tcp 8080 (was 192.168.9.9:80)   : accept services with externalIPs
      # A pod on the host network.
      client -> w1 tcp 8080 (was 192.168.7.20:443)     : accept LoadBalancer services
      client -> w1 tcp 8080                            : drop policy
      balancer -> w1 tcp 30123                         : accept load balancers ask for a service's pods (healthCheckNodePort)
      balancer -> w1 tcp 10256                         : accept load balancers ask for a node's health
      client -> w1 tcp 30123                           : drop policy
      client -> w1 tcp 10256                           : drop policy
      cp1 -> cp1 vrrp                                  : accept keepalived
      w1 -> cp1 vrrp                                   : drop policy
      cp1 -> w1 vrrp                                   : drop policy
    `),
  )("$packet: $verdict", ({ packet, verdict }) => {
    expect(wire.send(packet)).toBe(verdict);
  });

  test("in ipvs mode they come to the host's own input", () => {
    const ipvs = new Wire(
      stackWith({ cluster: { loadBalancerPools: [{ name: "office", cidr: "192.168.7.16/28" }] }, proxy: { mode: "ipvs" } }),
      { client: "203.0.113.5" },
    );
    expect(ipvs.table("w1").judge("input", { from: "203.0.113.5", to: "192.168.7.20", protocol: "tcp", port: 443 })).toEqual({
      verdict: "accept",
      why: "LoadBalancer services",
    });
    expect(ipvs.table("w1").judge("input", { from: "203.0.113.5", to: "192.168.7.40", protocol: "tcp", port: 443 }).verdict).toBe("drop");
  });
});

describe("a router that MetalLB's speakers tell of services by BGP", () => {
  const bgpPeers = [{ address: "192.168.0.254", asNumber: 64513 }];
  const wire = new Wire(
    stackWith({
      cluster: { loadBalancerPools: [{ name: "routed", cidr: "198.51.100.0/28" }] },
      loadBalancer: { provider: "metallb", metallb: { announce: "bgp", bgpPeers } },
    }),
    { router: "192.168.0.254", client: "203.0.113.5" },
  );

  test.each(
    packetTable(`
      # Speakers open the sessions, and listen nowhere: what the router says comes as an answer.
      router -> w1 tcp 40000 from 179 established        : accept replies
      router -> w1 tcp 179                               : drop policy
      client -> w1 tcp 179                               : drop policy
      cp1 -> w1 tcp 179                                  : drop policy
      # There is nobody to agree with on who answers.
      cp1 -> w1 tcp 7946                                 : drop policy
      # Any node may get what is for the pool, and sends it on to where the pod is.
      client -> pod@w1 tcp 8080 (was 198.51.100.3:80) on cp1 : accept LoadBalancer services
      client -> pod@w1 tcp 8080 (was 198.51.100.3:80)    : accept LoadBalancer services
      client -> pod@w1 tcp 8080 (was 198.51.100.16:80)   : drop no declared flow opens a connection to this pod
    `),
  )("$packet: $verdict", ({ packet, verdict }) => {
    expect(wire.send(packet)).toBe(verdict);
  });

  test("a host doesn't filter what it sends: sessions may be opened", () => {
    expect(wire.table("w1").chainNames.filter((name) => name.includes("output"))).toEqual([]);
  });
});
