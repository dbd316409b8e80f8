import { Address, addressBits, Cidr } from "../../core/cidr";

/** A network interface of a host. */
export interface HostLink {
  readonly name: string;
  readonly mac?: string;
  /** `bridge`, `wireguard`, `vxlan`, `tun` and the like; absent for a plain one. */
  readonly kind?: string;
  /** Its addresses, with the networks that they make it a member of. */
  readonly addresses: readonly { readonly address: Address; readonly network: Cidr }[];
}

/** A range that other software of a host uses, or will when it starts. */
export interface HostRange {
  /** `docker` or `libvirt` */
  readonly by: string;
  /** The software's own name of the network. */
  readonly network: string;
  readonly cidr: Cidr;
}

/** A route in the main table that isn't Plumbline's, nor that of a connected network. */
export interface HostRoute {
  readonly destination: Cidr;
  readonly link: string;
  /** Who set it, as iproute2 has it: `dhcp`, `static`, `bird`; `boot` when it didn't say. */
  readonly by: string;
}

/** An address that host-local has given to a pod. */
export interface Lease {
  /** The name of the CNI configuration. */
  readonly network: string;
  readonly address: Address;
  /** Whether the container runtime has the sandbox that it was given to; `unknown` where it can't be asked. */
  readonly state: "live" | "stale" | "unknown";
}

/** What a host says of itself. */
export interface HostFacts {
  readonly hostname?: string;
  readonly kernel?: string;
  readonly machineId?: string;
  /** Absent in containers, and without DMI. */
  readonly productUuid?: string;
  readonly links: readonly HostLink[];
  readonly ranges: readonly HostRange[];
  readonly routes: readonly HostRoute[];
  /** The container runtime's directories, and the configuration that it takes. Absent without a runtime. */
  readonly cni?: { readonly confDirs: readonly string[]; readonly binDirs: readonly string[]; readonly winner?: string };
  readonly leases: readonly Lease[];
  /** Whom it has an established connection of BGP's with, at port 179. */
  readonly bgp: readonly Address[];
  /** What the agent's checks refuse: `ITEM: REASON; MEND`. */
  readonly refused: readonly string[];
  /** What they say besides. */
  readonly remarks: readonly string[];
}

/** Reads what `look` (components/node/agent) printed. */
export function parseFacts(text: string): HostFacts {
  const lines = text.split("\n").filter((line) => line !== "");
  /** The rest of every line that begins with a word. */
  const all = (word: string) => lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  const one = (word: string) => all(word)[0];
  const fields = (word: string) => all(word).map((rest) => rest.split(" "));
  const addresses = fields("address").map(([link = "", address = ""]) => ({ link, ...memberOf(address) }));
  const cni = fields("cni");
  const directories = (what: string) => cni.flatMap(([kind, value = ""]) => (kind === what ? [value] : []));
  const [winner] = directories("winner");
  return {
    ...optional("hostname", one("hostname")),
    ...optional("kernel", one("kernel")),
    ...optional("machineId", one("machine-id")),
    ...optional("productUuid", one("product-uuid")),
    links: fields("link").map(([name = "", mac, kind]) => ({
      name,
      ...optional("mac", said(mac)),
      ...optional("kind", said(kind)),
      addresses: addresses.filter(({ link }) => link === name).map(({ address, network }) => ({ address, network })),
    })),
    ranges: fields("range").flatMap((words) => {
      const [by = ""] = words;
      const range = words.at(-1) ?? "";
      return range.includes("/") ? [{ by, network: words.slice(1, -1).join(" "), cidr: networkOf(range) }] : [];
    }),
    routes: fields("route").map(([destination = "", link = "", by = ""]) => ({ destination: networkOf(destination), link, by })),
    ...(cni.length > 0 ? { cni: { confDirs: directories("conf"), binDirs: directories("bin"), ...optional("winner", winner) } } : {}),
    leases: fields("lease").map(([network = "", address = "", state]) => ({
      network,
      address: Address.parse(address),
      state: state === "live" || state === "stale" ? state : "unknown",
    })),
    bgp: all("bgp").map((address) => Address.parse(address)),
    refused: all("refused"),
    remarks: all("remark"),
  };
}

const said = (value: string | undefined) => (value === "-" ? undefined : value);

const optional = <K extends string>(key: K, value: string | undefined) => (value ? ({ [key]: value } as { [k in K]: string }) : {});

function memberOf(text: string): { address: Address; network: Cidr } {
  const address = Address.parse(text.split("/")[0] ?? "");
  return { address, network: networkOf(text) };
}

/** The network of an address with its prefix length or, as libvirt writes it, its netmask. */
function networkOf(text: string): Cidr {
  const [address = "", length = ""] = text.split("/");
  const { family, value } = Address.parse(address);
  const isMask = length.includes(".");
  const prefix = isMask ? [...Address.parse(length).value.toString(2)].filter((bit) => bit === "1").length : Number(length);
  return Cidr.of(family, value, Math.min(prefix, addressBits[family]));
}
