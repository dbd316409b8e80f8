import { planNetwork } from "../../components/plan";
import { showPeer, showPorts } from "../../core/flow";
import { stackFile, stackWith } from "../support/stacks";

const flows = (stack: Parameters<typeof planNetwork>[0]) =>
  planNetwork(stack).flows.map(
    ({ from, to, protocol, ports, published, why, part }) =>
      `${part}: ${showPeer(from)} -> ${showPeer(to)} ${protocol} ${showPorts(ports)}${published ? " published" : ""} (${why})`,
  );

test("the flows of the lab, each with its part and its reason", () => {
  expect(flows(stackFile("lab"))).toEqual([
    "node: 10.100.0.1/32 -> nodes tcp 22 (SSH for administrators (failsafe))",
    "control-plane: 10.100.0.1/32 -> control-plane nodes tcp 6443 (API server for administrators (failsafe))",
    "control-plane: nodes -> control-plane nodes tcp 6443 (API server for kubelets and kube-proxy)",
    "control-plane: pods -> control-plane nodes tcp 6443 (API server for pods)",
    "control-plane: control-plane nodes, etcd nodes -> etcd nodes tcp 2379-2380 (etcd clients and peers)",
    "control-plane: control-plane nodes -> nodes tcp 10250 (kubelet: logs, exec, port-forward)",
    "control-plane: pods -> nodes tcp 10250 (kubelet metrics for metrics-server and monitoring)",
    "cni/bridge: pods -> pods any all (pods reach pods)",
    "cni/bridge: nodes -> pods any all (nodes reach pods: probes, webhooks, services)",
    "proxy: any -> nodes tcp 30000-32767 published (NodePort services)",
    "proxy: any -> nodes udp 30000-32767 published (NodePort services)",
    "ingress/traefik: any -> worker nodes tcp 80,443 published (HTTP and HTTPS for the ingress controller traefik)",
  ]);
});

test("what a stack allows is a flow to the port, and to a pod that publishes it", () => {
  const allow = [
    { from: "10.9.0.0/16", to: "workers", tcp: [9100], udp: ["500-510"], why: "monitoring" },
    { from: "any", to: "pods", tcp: [8080], why: "an external load balancer" },
  ];
  expect(flows(stackWith({ firewall: { allow } })).filter((flow) => flow.startsWith("firewall"))).toEqual([
    "firewall: 10.9.0.0/16 -> worker nodes tcp 9100 (monitoring)",
    "firewall: 10.9.0.0/16 -> worker nodes tcp 9100 published (monitoring)",
    "firewall: 10.9.0.0/16 -> worker nodes udp 500-510 (monitoring)",
    "firewall: 10.9.0.0/16 -> worker nodes udp 500-510 published (monitoring)",
    "firewall: any -> pods tcp 8080 (an external load balancer)",
  ]);
});

test("a plan is a function of the stack alone", () => {
  const show = (name: string) => {
    const plan = planNetwork(stackFile(name));
    return JSON.stringify([plan.flows, plan.manifests, plan.nodes.map((node) => plan.hostItems(node))]);
  };
  for (const name of ["lab", "dev", "prod-example"]) expect(show(name)).toBe(show(name));
});
