import { z } from "zod";
import { flag, text, texts } from "./fields";
import type { Say } from "./say";

/** CNI specification versions that a configuration can name, oldest first. */
export const cniVersions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
export type CniVersion = (typeof cniVersions)[number];

/** A value of which any part may be missing: what is left when the wrong parts have been reported and taken out. */
export type Loose<T> = T extends readonly (infer Element)[]
  ? readonly (Loose<Element> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<T[Key]> }
    : T | undefined;

/** What is known about a plugin's configuration. */
export interface Kind<Schema extends z.ZodObject = z.ZodObject> {
  /** The name of its binary, which `type` gives. */
  readonly type: string;
  /** What it does in a chain: makes an interface, changes what an earlier plugin made, or gives addresses for the `ipam` of one. */
  readonly role: "interface" | "meta" | "ipam";
  readonly schema: Schema;
  /** The oldest version of the specification that it accepts; default: all. */
  readonly since?: CniVersion;
  /** What it does with `ipam`; of plugins with the role interface. */
  readonly ipam?: "required" | "optional" | "ignored";
  /** Capabilities that it reads from runtimeConfig. */
  readonly capabilities?: readonly string[];
  /** Capabilities without which it has nothing to do. */
  readonly needs?: readonly string[];
  /** What the types can't say. Paths are relative to the configuration. */
  rules?(conf: Loose<z.output<Schema>>, say: Say, around: Around): void;
}

/** What rules have to know besides the configuration itself. */
export interface Around {
  /** Of a key of the configuration: its value was wrong, which has been said, and was left out. */
  isWrong(key: string): boolean;
  /** The plugin's type; of an `ipam`, the one of the plugin that it is in. So are the others. */
  readonly type: string;
  readonly isDefaultGateway?: boolean | undefined;
  /** Addresses come with the pod: by a capability or from `args`. */
  readonly isGivenAddresses?: boolean | undefined;
  readonly capabilities?: Readonly<Record<string, boolean | undefined>> | undefined;
}

/** A kind with the type of its rules' argument inferred from its schema. */
export const kind = <Schema extends z.ZodObject>(definition: Kind<Schema>): Kind<Schema> => definition;

/** Keys that every plugin's configuration may have (CNI's pkg/types, PluginConf). In a conflist, the list's name and cniVersion replace a plugin's own. */
export const common = {
  cniVersion: text().optional().describe("Version of the CNI specification. Only where the file is no conflist."),
  name: text().optional().describe("Name of the network. Only where the file is no conflist."),
  type: text().describe("Name of the plugin's binary."),
  capabilities: z.record(z.string(), flag()).optional().describe("What the runtime may pass in for a pod, for example portMappings."),
  dns: z
    .object({ nameservers: texts().optional(), domain: text().optional(), search: texts().optional(), options: texts().optional() })
    .optional()
    .describe("Resolver settings for the result. The kubelet writes a pod's resolv.conf itself and doesn't read them."),
  args: z.record(z.string(), z.unknown()).optional().describe("Arguments of the user's, under `cni`."),
  runtimeConfig: z.record(z.string(), z.unknown()).optional().describe("What the runtime passes in. Not to be written by hand."),
  prevResult: z.record(z.string(), z.unknown()).optional().describe("The result of the plugin before. Not to be written by hand."),
};

/** An `ipam` of a reference plugin or of any other one. */
export interface Ipam {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** `ipam` is judged on its own, by the kind that its type names. */
export const ipam = () => z.custom<Ipam>(() => true).describe("Where the addresses come from: host-local, static, dhcp or another plugin.");

/** What libcni reads of every plugin's configuration. */
export const opaque = z.object({ ...common, type: text().optional(), ipam: z.object({ type: text().optional() }).optional() });
