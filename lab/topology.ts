import { UserError } from "../core/finding";

/** What a host of the lab is for. `plain`: a Debian machine with sshd and nothing else. */
export type HostRole = "control-plane" | "worker" | "client" | "plain";

export interface LabHost {
  readonly name: string;
  /** IPv6 in a lab without IPv4. */
  readonly address: string;
  readonly role: HostRole;
  /** The pods' addresses on a cluster node. */
  readonly podCIDR?: string;
  /** In a dual-stack lab. */
  readonly ipv6?: { readonly address: string; readonly podCIDR?: string };
}

/** One lab of this machine: the names and addresses that it claims. */
export interface Lab {
  /** 0, or the number in the environment variable `PLUMBLINE_LAB`, for labs side by side. */
  readonly number: number;
  /** The bridge on this machine, which every host is on. */
  readonly bridge: string;
  /** This machine's address on the bridge, and the hosts' default route. */
  readonly gateway: string;
  /** Of the LAN. */
  readonly prefixLength: number;
  /** What the names of its control groups begin with. */
  readonly cgroupPrefix: string;
  /** The address of one host of the LAN. */
  readonly address: (host: number) => string;
  /** The IPv6 address of one host of a lab that has IPv6; the prefix is 64 bits long. */
  readonly address6: (host: number) => string;
}

/** Which hosts a lab has: a kubeadm cluster and its client, or so many plain hosts and a client. */
export type Shape = { readonly kind: "cluster"; readonly families?: Families } | { readonly kind: "plain"; readonly hosts: number };

/** The IP families of the LAN, of pods and of services; IPv4 alone unless said. */
export type Families = "dual-stack" | "ipv6-only";

export const podSubnet = "10.244.0.0/16";
export const serviceSubnet = "10.96.0.0/16";
export const podSubnet6 = "fd00:10:244::/56";
export const serviceSubnet6 = "fd00:10:96::/112";
/** The user to log in as: no root logins, sudo without a password. */
export const loginUser = "ops";

const clientAddress = 9;
const firstPlainAddress = 31;
const lastAddress = 254;
/** How many plain hosts have room on the LAN. */
export const maxPlainHosts = lastAddress - firstPlainAddress + 1;

/** Lab 0 is 10.100.0.0/24 on the bridge lab0, lab 1 is 10.101.0.0/24 on lab1, and so on to 99. */
export function numberedLab(number: number): Lab {
  const address = (host: number) => `10.${100 + number}.0.${host}`;
  const address6 = (host: number) => `fd00:10:${100 + number}::${host}`;
  return {
    number,
    bridge: `lab${number}`,
    gateway: address(1),
    prefixLength: 24,
    cgroupPrefix: `plumbline-lab${number}-`,
    address,
    address6,
  };
}

/** The lab that `PLUMBLINE_LAB` chooses; 0 without it. */
export function chosenLab(environment: NodeJS.ProcessEnv = process.env): Lab {
  const text = environment.PLUMBLINE_LAB || "0";
  if (!/^\d{1,2}$/.test(text)) throw new UserError(`PLUMBLINE_LAB is "${text}". Give the number of a lab, 0 to 99.`);
  return numberedLab(Number(text));
}

/** @param hosts what the user gave for `--hosts`, if anything */
export function shapeFromOptions(cluster: boolean, hosts?: string, families: readonly Families[] = []): Shape {
  if (families.length > 1) throw new UserError(`${families.map((each) => `--${each}`).join(" and ")} exclude each other: give one.`);
  const [family] = families;
  if (family && !cluster) throw new UserError(`--${family} is for the cluster: leave out --no-cluster.`);
  if (cluster) {
    if (hosts !== undefined) throw new UserError("--hosts is for plain hosts: add --no-cluster. The cluster always has cp1, w1 and w2.");
    return family ? { kind: "cluster", families: family } : { kind: "cluster" };
  }
  const number = Number(hosts ?? 3);
  if (!Number.isInteger(number) || number < 1 || number > maxPlainHosts) {
    throw new UserError(`--hosts ${hosts}: give a number from 1 to ${maxPlainHosts}, which is what the lab's LAN has room for.`);
  }
  return { kind: "plain", hosts: number };
}

export function labHosts(lab: Lab, shape: Shape): LabHost[] {
  const client: LabHost = { name: "client", address: lab.address(clientAddress), role: "client" };
  if (shape.kind === "cluster") {
    const hosts: LabHost[] = [
      { name: "cp1", address: lab.address(20), role: "control-plane", podCIDR: "10.244.0.0/24" },
      { name: "w1", address: lab.address(21), role: "worker", podCIDR: "10.244.1.0/24" },
      { name: "w2", address: lab.address(22), role: "worker", podCIDR: "10.244.2.0/24" },
      client,
    ];
    if (!shape.families) return hosts;
    const both = hosts.map((host, index) => withIPv6(lab, host, index));
    return shape.families === "dual-stack" ? both : both.map(({ ipv6, ...host }) => ({ ...host, ...ipv6 }));
  }
  const plain = Array.from({ length: shape.hosts }, (_, index): LabHost => {
    return { name: `h${index + 1}`, address: lab.address(firstPlainAddress + index), role: "plain" };
  });
  return [...plain, client];
}

/** The same number of the host, and of the node's range, in both families. */
function withIPv6(lab: Lab, host: LabHost, index: number): LabHost & Required<Pick<LabHost, "ipv6">> {
  const address = lab.address6(Number(host.address.split(".")[3]));
  const podCIDR = index === 0 ? "fd00:10:244::/64" : `fd00:10:244:${index}::/64`;
  return { ...host, ipv6: host.podCIDR ? { address, podCIDR } : { address } };
}

export function isClusterNode(host: LabHost): boolean {
  return host.role === "control-plane" || host.role === "worker";
}

/** A host's name among all labs of this machine. Short: the name of its network device is made from it. */
export function machineName(lab: Lab, name: string): string {
  return `lab${lab.number}-${name}`;
}
