import { z } from "zod";
import { Address, AddressError, Cidr } from "../../../core/cidr";

/*
 * The types of a plugin configuration's values, as Go reads them. What a text has to look like is a refinement with the mend in `params`.
 */

export const flag = () => z.boolean();
export const text = () => z.string();
export const texts = () => z.array(z.string());

const maxInt32 = 2 ** 32 - 1;
/** Go's uint32. */
export const unsigned = () => z.number().int().min(0).max(maxInt32);

const refined = (accepts: (value: string) => boolean, message: string, mend: string) =>
  z.string().refine(accepts, { message, params: { mend } });

/** What Go's net.ParseIP takes; an empty text is no address. */
export function parseAddress(value: string | undefined): Address | undefined {
  return value ? attempt(() => Address.parse(value)) : undefined;
}

/** An address with its prefix length, host bits allowed, as Go's net.ParseCIDR takes it. */
export interface Interface {
  readonly address: Address;
  readonly network: Cidr;
}

export function parseInterface(value: string | undefined): Interface | undefined {
  const [address = "", prefix = ""] = value?.split("/") ?? [];
  if (!/^\d{1,3}$/.test(prefix) || value?.split("/").length !== 2) return undefined;
  return attempt(() => {
    const parsed = Address.parse(address);
    const bits = Number(prefix);
    if (bits > (parsed.family === 4 ? 32 : 128)) return undefined;
    return { address: parsed, network: Cidr.of(parsed.family, parsed.value, bits) };
  });
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** An IP address without a prefix length. */
export const address = (example = "10.244.1.1") =>
  refined(
    (value) => value === "" || parseAddress(value) !== undefined,
    "is no IP address.",
    `Write an address without a prefix length, for example ${example}.`,
  );

/** An address range. */
export const range = (example = "10.244.1.0/24") =>
  refined(
    (value) => parseInterface(value) !== undefined,
    "is no address range in CIDR notation.",
    `Write an address, a slash and the prefix length, for example ${example}.`,
  );

/** A MAC address, EUI-64 or InfiniBand address in one of the three notations that Go's net.ParseMAC takes. */
export const mac = () =>
  refined(
    (value) =>
      value === "" ||
      /^([0-9a-f]{2}:){5}([0-9a-f]{2}|[0-9a-f]{2}(:[0-9a-f]{2}){2})$|^([0-9a-f]{2}-){5}[0-9a-f]{2}((-[0-9a-f]{2}){2})?$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}(\.[0-9a-f]{4})?$|^([0-9a-f]{2}:){19}[0-9a-f]{2}$/i.test(
        value,
      ),
    "is no MAC address.",
    "Write six pairs of hexadecimal digits, for example 02:42:ac:11:00:02.",
  );

/** A name that Linux takes for an interface (dev_valid_name in the kernel's net/core/dev.c). */
export const link = () =>
  refined(
    (value) => value === "" || (value.length <= 15 && !/[/:\s]/.test(value) && value !== "." && value !== ".."),
    "is no name for an interface.",
    "Write at most 15 characters, without spaces, slashes and colons, for example cni0.",
  );

/** Bytes; 0 leaves it to the kernel. The kernel takes 68 (IPv4's least) to 65535 for Ethernet-like interfaces. */
export const mtu = () =>
  z
    .number()
    .int()
    .refine((value) => value === 0 || (value >= 68 && value <= 65535), {
      message: "is no MTU that an interface can have.",
      params: { mend: "Write bytes between 68 and 65535, for example 1450; or leave mtu out for the kernel's default." },
    });

/** An absolute path on the host. */
export const file = (example: string) =>
  refined((value) => value === "" || value.startsWith("/"), "is no absolute path.", `Write a path from the root, for example ${example}.`);

/** One of several words. */
export const choice = <const T extends readonly [string, ...string[]]>(words: T) => z.enum(words);
