import { Address, Cidr } from "../../core/cidr";

/* Values as a bundle's lines have them. Each throws an Error for one that can't be written there, or that the agent would read as another. */

export function probePort(protocol: "tcp" | "icmp", port: number | undefined): string {
  if (protocol === "icmp") return "";
  if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`A tcp probe needs a port, not ${port}.`);
  return ` ${port}`;
}

export function gateway(via: string, destination: Cidr): Address {
  const address = Address.parse(via);
  if (address.family !== destination.family) throw new Error(`The route to ${destination} has a gateway of the other family: ${via}.`);
  return address;
}

export function mtuBytes(bytes: number, what: string): number {
  if (!Number.isInteger(bytes) || bytes < 1) throw new Error(`The MTU of ${what} is no number of bytes: ${bytes}.`);
  return bytes;
}

export const inNamespace = (name: string | undefined) => (name === undefined ? "" : ` netns ${linkName(name)}`);

/** An address with its prefix length; the host's bits stay. */
export function onLink(text: string): string {
  const [address = "", prefix] = text.split("/");
  const parsed = Address.parse(address);
  return `${parsed}/${Cidr.of(parsed.family, parsed.value, Number(prefix)).prefix}`;
}

export const linkName = (name: string) => matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/, name, "an interface's name");
export const macAddress = (mac: string) => matching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, mac, "a hardware address");

export function filePath(path: string): string {
  const found = matching(/^(\/[A-Za-z0-9_@:+,=.-]+)+$/, path, "a file's absolute path");
  if (/\/\.\.?(\/|$)/.test(found)) throw new Error(`${JSON.stringify(path)} is no use as a file's absolute path.`);
  return found;
}

export function word(value: string, what: string): string {
  return matching(/^[\x21-\x7e]+$/, value, what);
}

export function matching(pattern: RegExp, value: string, what: string): string {
  if (!pattern.test(value)) throw new Error(`${JSON.stringify(value)} is no use as ${what}.`);
  return value;
}

/** Whole lines of printable text: anything else would not come out of a line-oriented bundle as it went in, or not be seen in a diff. */
export function lines(content: string, what: string): string {
  if (!content.endsWith("\n")) throw new Error(`The content of ${what} doesn't end with a newline.`);
  const odd = /[^\P{Cc}\t\n]|\p{Cs}/u.exec(content);
  if (odd) throw new Error(`The content of ${what} has the unprintable character ${JSON.stringify(odd[0])}.`);
  return content;
}
