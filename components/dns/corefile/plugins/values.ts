import { isIP } from "node:net";
import { regexpProblem } from "../regexp";

/** What a plugin takes in one place. The forms are Go's, since CoreDNS reads them with Go's library. */
export interface Kind {
  /** For people: "a duration". */
  readonly what: string;
  readonly example: string;
  /** Why CoreDNS refuses the text; undefined when it takes it. */
  readonly refuses: (text: string) => string | undefined;
}

const unless = (isFine: boolean, why: string) => (isFine ? undefined : why);

/** Anything at all. */
export const word = (what: string, example: string): Kind => ({ what, example, refuses: () => undefined });

const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A text such as `1h30m` in seconds, as Go's time.ParseDuration reads it; undefined when it doesn't. */
export function seconds(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  if (!/^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  const sum = parts.reduce((total, [, amount = "", unit = ""]) => total + Number(amount) * (units[unit] ?? 0), 0);
  return text.startsWith("-") ? -sum : sum;
}

interface DurationLimits {
  /** In seconds. */
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  /** A number alone counts as seconds. */
  readonly plain?: boolean;
  readonly example?: string;
}

export function duration({ min, above, max, plain = false, example = "5s" }: DurationLimits = {}): Kind {
  return {
    what: "a duration",
    example,
    refuses: (text) => {
      const value = seconds(plain && /^[-+]?\d+$/.test(text) ? `${text}s` : text);
      if (value === undefined) return /^\d+$/.test(text) ? "the unit is missing" : "that is no duration";
      if (above !== undefined && value <= above) return `it has to be more than ${above}s`;
      if (min !== undefined && value < min) return min === 0 ? "it can't be negative" : `it has to be at least ${min}s`;
      return max !== undefined && value > max ? `it can be at most ${max}s` : undefined;
    },
  };
}

export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, example = "30"): Kind {
  return {
    what: "a whole number",
    example,
    refuses: (text) => {
      if (!/^[-+]?\d+$/.test(text)) return "that is no whole number";
      const value = Number(text);
      if (value < min) return min === 0 ? "it can't be negative" : `it has to be at least ${min}`;
      return value > max ? `it can be at most ${max}` : undefined;
    },
  };
}

/** A number without sign, as Go's strconv.ParseUint reads it. */
export const unsigned = (bits: 16 | 32 | 64, example = "2"): Kind => ({
  what: "a whole number",
  example,
  refuses: (text) =>
    /^\d+$/.test(text)
      ? unless(BigInt(text) < 1n << BigInt(bits), `it can be at most ${(1n << BigInt(bits)) - 1n}`)
      : "that is no whole number of 0 or more",
});

export const decimal = (min: number, max: number, example: string): Kind => ({
  what: "a number",
  example,
  refuses: (text) => {
    const value = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) return "that is no number";
    return value < min || value > max ? `it has to be between ${min} and ${max}` : undefined;
  },
});

export interface EnumOptions {
  readonly anyCase?: boolean;
}

export const oneOf = (values: readonly string[], { anyCase = false }: EnumOptions = {}): Kind => ({
  what: values.length === 1 ? `${values[0]}` : `one of ${values.join(", ")}`,
  example: values[0] ?? "",
  refuses: (text) =>
    unless(
      values.includes(anyCase ? (values.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text) : text),
      "CoreDNS doesn't know that",
    ),
});

export const isAddress = (text: string) => !text.includes("%") && isIP(text) !== 0;

export const address: Kind = {
  what: "an IP address",
  example: "10.0.0.53",
  refuses: (text) => unless(isAddress(text), "that is no IP address"),
};

/** `HOST:PORT` taken apart as Go's net.SplitHostPort does; undefined when it isn't of that form. */
export function splitHostPort(text: string): { host: string; port: string } | undefined {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(text);
  const plain = bracketed ?? /^([^:[\]]*):([^:[\]]*)$/.exec(text);
  return plain ? { host: plain[1] ?? "", port: plain[2] ?? "" } : undefined;
}

/** Where a plugin's HTTP server listens. */
export const listen: Kind = {
  what: "an address to listen on",
  example: ":8080",
  refuses: (text) => {
    const parts = splitHostPort(text);
    if (!parts) return /^\d+$/.test(text) ? "the colon before the port is missing" : "it has to be HOST:PORT or :PORT";
    const isPort = parts.port === "" || (/^\d+$/.test(parts.port) ? Number(parts.port) < 65536 : /^[a-z][a-z0-9-]*$/.test(parts.port));
    return unless(isPort, "that is no port");
  },
};

/** The IP address of a server, with a port or without. */
export const server: Kind = {
  what: "the IP address of a server",
  example: "10.0.0.53",
  refuses: (text) => {
    const host = (splitHostPort(text)?.host ?? text).replace(/%[^%]*$/, "");
    return unless(isAddress(host), "that is no IP address; CoreDNS doesn't look names up here");
  },
};

export const isCidr = (text: string) => {
  const [, host = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  return isAddress(host) && Number(prefix) <= (host.includes(":") ? 128 : 32);
};

export const cidr: Kind = {
  what: "a range in CIDR notation",
  example: "10.0.0.0/8",
  refuses: (text) => unless(isCidr(text), "that is no range"),
};

const labelName = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Why a label selector of Kubernetes is none: `app=web,tier in (a, b),!old`. */
export function selectorProblem(text: string): string | undefined {
  for (const part of text.split(/,(?![^(]*\))/).map((part) => part.trim())) {
    const [, not = "", name = "", operator, value = ""] =
      /^(!?)\s*([^\s=!<>()]+)\s*(?:(==?|!=|<|>|\b(?:not)?in\b)\s*(.*))?$/.exec(part) ?? [];
    if (!labelName.test(name)) return `${JSON.stringify(part)} doesn't begin with the name of a label`;
    if (not !== "" && operator !== undefined) return "behind ! only a name can follow";
    const isSet = operator === "in" || operator === "notin";
    if (isSet && !/^\([^()]*\)$/.test(value)) return `${operator} wants values in parentheses`;
    const values = isSet ? value.slice(1, -1).split(",") : [value];
    if (!values.every((one) => labelValue.test(one.trim()))) return `${JSON.stringify(value)} is no value of a label`;
  }
  return undefined;
}

/** A regular expression of Go's (RE2). */
export const regexp: Kind = {
  what: "a regular expression",
  example: "^db\\.",
  refuses: (text) => (Buffer.byteLength(text) > 10_000 ? "it is longer than 10000 characters" : regexpProblem(text)),
};

/** RFC 1035 as github.com/miekg/dns checks it: labels of 1 to 63 bytes, 255 in all; any character goes. */
export function isDomainName(text: string): boolean {
  if (text === "") return false;
  if (text === ".") return true;
  const bytes = text.replace(/\\(?:\d{3}|.)/gs, "x");
  const labels = bytes.replace(/\.$/, "").split(".");
  return (
    labels.every((label) => label !== "" && Buffer.byteLength(label) <= 63) &&
    labels.reduce((sum, label) => sum + Buffer.byteLength(label) + 1, 1) <= 256
  );
}

export const domain: Kind = {
  what: "a domain name",
  example: "example.org",
  refuses: (text) => unless(isDomainName(text), "that is no domain name"),
};

/** Names of record types that github.com/miekg/dns v1.1 knows. */
const recordTypes = new Set(
  `A AAAA AFSDB AMTRELAY ANY APL ATMA AVC AXFR CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DLV DNAME DNSKEY DS EID EUI48 EUI64 GID GPOS HINFO HIP HTTPS
IPSECKEY ISDN IXFR KEY KX L32 L64 LOC LP MAILA MAILB MB MD MF MG MINFO MR MX NAPTR NID NIMLOC NINFO NS NSAP-PTR NSEC NSEC3 NSEC3PARAM NULL NXT None
NXNAME OPENPGPKEY OPT PTR PX RESINFO RKEY RP RRSIG RT Reserved SIG SMIMEA SOA SPF SRV SSHFP SVCB TA TALINK TKEY TLSA TSIG TXT UID UINFO UNSPEC URI X25 ZONEMD`.split(
    /\s+/,
  ),
);

export const recordType = ({ anyCase = false }: EnumOptions = {}): Kind => ({
  what: "a record type",
  example: "A",
  refuses: (text) =>
    unless(
      recordTypes.has(anyCase ? text.toUpperCase() : text),
      recordTypes.has(text.toUpperCase()) ? "CoreDNS wants it in capital letters" : "there is no such type",
    ),
});

const recordClasses = ["IN", "CS", "CH", "HS", "NONE", "ANY"];
export const recordClass = ({ anyCase = false }: EnumOptions = {}): Kind => ({
  what: "a class of records",
  example: "IN",
  refuses: (text) => unless(recordClasses.includes(anyCase ? text.toUpperCase() : text), "CoreDNS knows IN, CH, HS, CS, NONE and ANY"),
});

const responseCodes =
  "NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE NOTIMPL DSOTYPENI BADSIG BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE".split(
    " ",
  );
export const responseCode = ({ anyCase = false }: EnumOptions = {}): Kind => ({
  what: "a response code",
  example: "NXDOMAIN",
  refuses: (text) =>
    unless(
      responseCodes.includes(anyCase ? text.toUpperCase() : text),
      responseCodes.includes(text.toUpperCase()) ? "CoreDNS wants it in capital letters" : "there is no such code",
    ),
});
