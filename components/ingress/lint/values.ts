import { isIP } from "node:net";
import type { ValueKind } from "./annotationTables";

/** What Go's strconv.ParseBool takes. */
const booleans = ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"];

/** What is wrong with an annotation's value; an empty one is none to every controller. */
export function valueMistake(value: string, kind: ValueKind): { message: string; mend: string } | undefined {
  const trimmed = value.trim();
  if (kind === "text" || trimmed === "") return undefined;
  if (typeof kind !== "string")
    return kind.some((option) => option.toLowerCase() === trimmed.toLowerCase())
      ? undefined
      : { message: `${value} is none of ${kind.join(", ")}`, mend: `Write one of ${kind.join(", ")}.` };
  const { fits, what, example } = forms[kind];
  return fits(trimmed) ? undefined : { message: `${value} is ${what}`, mend: `Write for example ${example}.` };
}

const forms: Readonly<
  Record<Exclude<Extract<ValueKind, string>, "text">, { fits: (value: string) => boolean; what: string; example: string }>
> = {
  boolean: { fits: (value) => booleans.includes(value), what: "neither true nor false", example: '"true"' },
  integer: { fits: (value) => /^[-+]?\d+$/.test(value), what: "no whole number", example: '"60", without a unit' },
  size: { fits: (value) => /^\d+[bkmg]?$/i.test(value), what: "no size", example: '"8m": a number and b, k, m or g' },
  onOff: { fits: (value) => value === "on" || value === "off", what: "neither on nor off", example: '"on"' },
  ranges: {
    fits: (value) => value.split(",").every((range) => isRange(range.trim())),
    what: "no list of addresses and CIDRs",
    example: '"10.0.0.0/8,192.168.1.20"',
  },
};

/** As Go's net.ParseIP and net.ParseCIDR, which take a network with host bits. */
function isRange(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  return (
    family !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)))
  );
}
