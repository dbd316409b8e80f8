/** A Kubernetes version, as far as behaviour depends on it. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Reads `1.34`, `v1.34` or `1.34.4`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(\.\d+)?$/.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

export const showVersion = ({ major, minor }: Version): string => `${major}.${minor}`;

/** Whether a version is this one or a later one. */
export function atLeast({ major, minor }: Version, text: string): boolean {
  const other = parseVersion(text);
  return other !== undefined && (major > other.major || (major === other.major && minor >= other.minor));
}
