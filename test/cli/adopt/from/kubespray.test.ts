import { adopt, errors, places } from "./adoptFrom";

const ini = `# nodes
[all]
node1 ansible_host=203.0.113.31 ip=10.182.0.2 etcd_member_name=etcd1
node2 ansible_host="203.0.113.32"   ip=10.182.0.5  # the second
node[03:04]

[bastion]
bastion ansible_host=203.0.113.1 ansible_user=jump ansible_port=2200

[kube_control_plane]
node1

[etcd:children]
kube_control_plane

[kube_node]
node2
node[03:04]

[k8s_cluster:children]
kube_control_plane
kube_node

[all:vars]
ansible_user=ubuntu
ansible_ssh_private_key_file=/keys/id
`;

const yaml = `all:
  hosts:
    node1: { ansible_host: 10.3.0.1, ip: 10.3.0.1, access_ip: 10.3.0.1 }
    node2: { ansible_host: 203.0.113.2, access_ip: 10.3.0.2, ansible_user: admin }
    10.3.0.9:
  children:
    kube_control_plane: { hosts: { node1: } }
    kube_node: { hosts: { node1: , node2: , 10.3.0.9: } }
    etcd: { hosts: { node1: } }
    k8s_cluster: { children: { kube_control_plane: , kube_node: } }
    calico_rr: { hosts: {} }
`;

describe("an inventory in Ansible's INI form", () => {
  const files = {
    "inventory.ini": ini,
    "group_vars/all/all.yml":
      "upstream_dns_servers: [10.0.0.53]\nbin_dir: /usr/local/bin\nansible_port: 2222\nloadbalancer_apiserver: { address: 1.2.3.4 }\n",
    "group_vars/k8s_cluster/k8s-cluster.yml": `kube_version: v1.28.3
kube_network_plugin: flannel
net: "10.50"
kube_service_addresses: "{{ net }}.0.0/18"
kube_pods_subnet: "{{ net }}.64.0/18"
kube_network_node_prefix: "{{ prefix | default(25) }}"
kube_proxy_mode: iptables
cluster_name: lab.local
dns_domain: "{{ cluster_name }}"
kubelet_max_pods: 100
kube_apiserver_node_port_range: 30000-31000
enable_nodelocaldns: false
kube_encrypt_secret_data: true
kube_proxy_strict_arp: false
skydns_server: 10.50.0.10
`,
    "group_vars/k8s_cluster/secret.yml": "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
    "host_vars/node03.yml": "ip: 10.182.0.7\nansible_host: node3.example\n",
  };

  test("a whole folder", async () => {
    const adopted = await adopt(files, ".");
    expect(adopted.stack).toMatchObject({
      cluster: {
        kubernetes: "1.28",
        domain: "lab.local",
        podCIDRs: ["10.50.64.0/18"],
        serviceCIDRs: ["10.50.0.0/18"],
        nodeMaskSizes: [25],
        maxPods: 100,
      },
      nodes: [
        { name: "node1", roles: ["control-plane", "etcd"], address: "10.182.0.2", ssh: { host: "203.0.113.31" } },
        { name: "node2", roles: ["worker"], address: "10.182.0.5", ssh: { host: "203.0.113.32" } },
        { name: "node03", roles: ["worker"], address: "10.182.0.7", ssh: { host: "node3.example" } },
      ],
      ssh: { user: "ubuntu", port: 2222, privateKeyFile: "/keys/id", bastion: { host: "203.0.113.1", port: 2200, user: "jump" } },
      proxy: { mode: "iptables", nodePorts: "30000-31000" },
      dns: { upstream: ["10.0.0.53"], service: "coredns" },
    });
    // The tenth address is the default, and the cache is off.
    expect(adopted.stack.dns).not.toHaveProperty("serviceAddresses");
    expect(adopted.stack).not.toHaveProperty("firewall");
    expect(adopted.notCarriedOver.map(({ file, line, path }) => `${file}:${line} ${path}`)).toEqual(
      expect.arrayContaining([
        "group_vars/k8s_cluster/secret.yml:1 ",
        "inventory.ini:5 all.node04",
        "group_vars/k8s_cluster/k8s-cluster.yml:13 kube_encrypt_secret_data",
        "group_vars/all/all.yml:4 loadbalancer_apiserver",
        "group_vars/all/all.yml:2 ",
      ]),
    );
    expect(places(adopted).join()).not.toContain("strict_arp");
    expect(errors(adopted)).toEqual([]);
  });

  test("the file by itself, and what only Ansible can work out", async () => {
    const adopted = await adopt({
      ...files,
      "group_vars/k8s_cluster/k8s-cluster.yml": `kube_pods_subnet: "{{ lookup('env', 'PODS') }}"\nkube_service_addresses: "{{ nowhere }}"\nkube_network_plugin: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\nkube_version: "{{ kube_version }}"\n`,
    });
    expect(adopted.stack.cluster).toMatchObject({ podCIDRs: ["10.233.64.0/18"], serviceCIDRs: ["10.233.0.0/18"] });
    expect(adopted.notCarriedOver.map(({ path, message }) => `${path} ${message}`)).toEqual(
      expect.arrayContaining([
        `kube_pods_subnet "{{ lookup('env', 'PODS') }}" is an expression that only Ansible can work out.`,
        'kube_service_addresses "{{ nowhere }}" is an expression that only Ansible can work out.',
        "kube_network_plugin is encrypted by ansible-vault.",
        'kube_version "{{ kube_version }}" is an expression that only Ansible can work out.',
      ]),
    );
  });
});

describe("an inventory in YAML", () => {
  test("with kubespray's defaults", async () => {
    const adopted = await adopt({ "hosts.yaml": yaml });
    expect(adopted.stack).toMatchObject({
      cluster: { podCIDRs: ["10.233.64.0/18"], serviceCIDRs: ["10.233.0.0/18"], nodeMaskSizes: [24] },
      nodes: [
        { name: "node1", roles: ["control-plane", "etcd", "worker"], address: "10.3.0.1" },
        { name: "node2", roles: ["worker"], address: "10.3.0.2", ssh: { host: "203.0.113.2", user: "admin" } },
        { name: "10.3.0.9", roles: ["worker"], address: "10.3.0.9" },
      ],
      ssh: { agent: true },
      proxy: { mode: "ipvs" },
      dns: { service: "coredns", serviceAddresses: ["10.233.0.3"] },
      firewall: { allow: [{ from: "pods", tcp: [53], udp: [53] }] },
    });
    expect(adopted.notCarriedOver.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "kube_version is not given: it is that of the kubespray release.",
        "kubespray's NodeLocal DNSCache answers pods at 169.254.25.10. firewall.allow lets them ask it; kubelets tell new pods to ask the DNS service itself.",
      ]),
    );
    expect(errors(adopted)).toEqual([]);
  });

  test("dual stack, by the old and the new variables", async () => {
    const of = async (vars: string) => (await adopt({ "hosts.yaml": yaml, "group_vars/all.yml": vars }, ".")).stack.cluster;
    const both = {
      podCIDRs: ["10.233.64.0/18", "fd85:ee78:d8a6:8607::1:0000/112"],
      serviceCIDRs: ["10.233.0.0/18", "fd85:ee78:d8a6:8607::1000/116"],
      nodeMaskSizes: [24, 120],
    };
    expect(await of("enable_dual_stack_networks: true\n")).toMatchObject(both);
    expect(await of("ipv6_stack: yes\n")).toMatchObject(both);
    expect(await of("ipv4_stack: false\nipv6_stack: true\nkube_pods_subnet_ipv6: fd01::/112\n")).toMatchObject({
      podCIDRs: ["fd01::/112"],
    });
  });

  test("groups by their names before 2.16, without `all`", async () => {
    const old =
      "kube-master: { hosts: { a: { ip: 10.0.0.1 } } }\nkube-node: { hosts: { b: { ip: 10.0.0.2 } } }\netcd: { children: { kube-master: } }\n";
    const { stack } = await adopt({ "hosts.yml": old });
    expect(stack.nodes).toEqual([
      { name: "a", roles: ["control-plane", "etcd"], address: "10.0.0.1" },
      { name: "b", roles: ["worker"], address: "10.0.0.2" },
    ]);
  });

  test.each(["kube_pods_subnet: [1, {}]", "kube_network_node_prefix: wide", "- a\n- b", "kube_version: {}", "ipv6_stack: [x]"])(
    "%j doesn't stop it",
    async (vars) => {
      const { stack } = await adopt({ "hosts.yaml": yaml, "group_vars/all.yml": `${vars}\n` }, ".");
      expect(stack.nodes).toHaveLength(3);
    },
  );
});
