const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
/** The longest that Go's time.Duration holds: 2^63 nanoseconds, about 292 years. */
const longest = 2 ** 63 / 1e9;

/** Seconds of a duration as Go's time.ParseDuration reads it (`1m30s`, `1.5h`, `-5s`, `0`); undefined for what it refuses. */
export function readDuration(text: string): number | undefined {
  const [, sign, rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let seconds = 0;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (!match) return undefined;
    seconds += Number(match[1]) * (units[match[2] ?? ""] ?? Number.NaN);
  }
  if (rest === "" || seconds >= longest) return undefined;
  return sign === "-" ? -seconds : seconds;
}
