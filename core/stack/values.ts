import { z } from "zod";
import { Address, AddressError, addressBits, Cidr } from "../cidr";

/** Runs a parser inside a schema: its AddressError becomes the issue's message. */
export function parsed<T>(parse: (text: string) => T) {
  return (text: string, context: z.RefinementCtx<string>): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  };
}

/** A range in CIDR notation. @param example goes into the JSON Schema and into messages; the schema forgets those of transformed values. */
export const cidr = (example = "192.168.1.0/24") =>
  z
    .string()
    .meta({ examples: [example] })
    .transform(parsed(Cidr.parse));
/** An address of an interface, with the network that it is in. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly network: Cidr;
}

function parseInterfaceAddress(text: string): InterfaceAddress {
  const [host = "", prefix, ...rest] = text.split("/");
  const address = Address.parse(host);
  const isLength = /^\d{1,3}$/.test(prefix ?? "") && Number(prefix) <= addressBits[address.family];
  if (!isLength || rest.length > 0) {
    throw new AddressError(`${text} has no prefix length.`, `Did you mean ${address}/${address.family === 4 ? 24 : 64}?`);
  }
  return { address, network: Cidr.of(address.family, address.value, Number(prefix)) };
}

/** `10.1.0.1/24`: an interface's own address, with the prefix length of its network. */
export const interfaceAddress = () =>
  z
    .string()
    .meta({ examples: ["10.1.0.1/24"] })
    .transform(parsed(parseInterfaceAddress));

/** A range, or `default`. */
export const destination = () =>
  z
    .string()
    .meta({ examples: ["10.20.0.0/16"] })
    .transform(parsed((text): Cidr | "default" => (text === "default" ? text : Cidr.parse(text))));
export const address = (example = "192.168.1.20") =>
  z
    .string()
    .meta({ examples: [example] })
    .transform(parsed(Address.parse));

function parseAddressRange(text: string): { first: Address; last: Address } {
  const [first = "", last = "", ...rest] = text.split("-").map((part) => part.trim());
  const problem = `${JSON.stringify(text)} is no range of addresses.`;
  const mend = "Write the first and the last one, of one family: 192.168.1.240-192.168.1.250.";
  if (rest.length > 0 || last === "") throw new AddressError(problem, mend);
  const range = { first: Address.parse(first), last: Address.parse(last) };
  if (range.first.family !== range.last.family || range.first.value > range.last.value) throw new AddressError(problem, mend);
  return range;
}

/** `192.168.1.240-192.168.1.250`, both ends included. */
export const addressRange = () =>
  z
    .string()
    .meta({ examples: ["192.168.1.240-192.168.1.250"] })
    .transform(parsed(parseAddressRange));

/** The inner part of a regular expression for one DNS label. */
export const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
/** A DNS label (RFC 1123), as Kubernetes wants it for names of objects. */
export const dnsLabel = () =>
  z
    .string()
    .regex(new RegExp(`^${label}$`), "is no DNS label: write lower-case letters, digits and '-', at most 63, no '-' at the ends.")
    .meta({ examples: ["shop"] });
/** A DNS name of one or more labels, without a dot at the end. */
export const dnsName = () =>
  z
    .string()
    .max(253)
    .regex(
      new RegExp(`^${label}(\\.${label})*$`),
      "is no DNS name: write lower-case letters, digits and '-', in labels joined by dots, for example corp.example.",
    )
    .meta({ examples: ["corp.example"] });

/** The host of a request, as rules and routes name it; a wildcard stands for its first labels. */
export const hostName = () =>
  z
    .string()
    .max(253)
    .regex(new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`), "is no host name: write shop.example or *.shop.example.")
    // The API server refuses an address here, and what it would take for one.
    .refine((host) => !/^[\d.]+$/.test(host), "is an address: write the host name that the browser shows, for example shop.example.");

export const port = (example = 8080) =>
  z
    .number()
    .int()
    .min(1)
    .max(65535)
    .meta({ examples: [example] });

/** Inclusive. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

function parsePorts(text: string): PortRange {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (!match || from < 1 || to > 65535 || from > to) {
    throw new AddressError(
      `${JSON.stringify(text)} is no port or range of ports.`,
      "Write for example 9100 or 30000-32767 (1 to 65535, the lower one first).",
    );
  }
  return { from, to };
}

/** A port or an inclusive range: `9100`, `30000-32767`. */
export const ports = () =>
  z
    .union([
      z
        .number()
        .int()
        .meta({ examples: [9100] }),
      z.string().meta({ examples: ["30000-32767"] }),
    ])
    .transform((value) => String(value))
    .transform(parsed(parsePorts));

/** A network interface's name, as Linux takes it (IFNAMSIZ) and a bundle can write it. */
export const linkName = () =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/,
      "is no name of an interface: write at most 15 letters, digits, '.', '_' and '-', for example eth1.",
    )
    .meta({ examples: ["eth1"] });

/** A path on a host. Bundles are plain text, so no spaces or special characters; `..` would leave the folder that it seems to be in. */
export const absolutePath = () =>
  z
    .string()
    .regex(
      /^(\/(?!\.\.?(\/|$))[\w.@+-]+)+$/,
      "is no plain absolute path: write one that starts with / and has letters, digits, '.', '_' and '-' only.",
    );

/** The path of an Ingress rule, as the API server accepts it (networking/validation: invalidPathSequences, invalidPathSuffixes). */
export const urlPath = () =>
  z
    .string()
    .regex(/^\//, "is no path of a URL: write one that starts with /, for example /shop.")
    .refine((path) => !/\/\/|\/\.\.?(\/|$)|%2f/i.test(path), "is refused by the API server: write it without //, /./, /../ and %2F.");

/** Text for the comment of a firewall rule: one line, and at most 120 bytes, since nftables keeps 127 of a comment. */
export const comment = () =>
  z
    .string()
    .min(1)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, "has more than one line: write one line of plain text.")
    .refine((text) => Buffer.byteLength(text) <= 120, "is too long for a rule's comment: write at most 120 bytes.")
    .meta({ examples: ["node exporter"] });

/** `60s`, `2m`: seconds as a number. */
export const duration = () =>
  z
    .string("is no duration: write 60s or 2m.")
    .regex(/^[1-9]\d{0,4}(s|m)$/, "is no duration: write 60s or 2m.")
    .transform((text) => Number(text.slice(0, -1)) * (text.endsWith("m") ? 60 : 1));

/** A value that Pulumi may keep encrypted in the stack file (`pulumi config set --secret`). */
export const secret = (place: string) =>
  z.union(
    [z.string().min(1), z.strictObject({ secure: z.string() })],
    `is no secret: write it by \`pulumi config set --secret --path plumbline:${place}\`.`,
  );

/** A YAML mapping, as plain data. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
