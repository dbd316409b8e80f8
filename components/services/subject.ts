import type { Finding, Path } from "../../core/finding";
import type { Version } from "../proxy/lint/version";
import type { ServiceSpec } from "./service";

export interface ServiceSubject {
  readonly spec: ServiceSpec;
  /** ClusterIP where none is written. */
  readonly type: string;
  readonly isHeadless: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly version: Version;
  /** Paths are below `spec`, unless they begin with `metadata`. */
  readonly report: (severity: Finding["severity"], path: Path, message: string, mend: string) => void;
}

/** Rules of one Service. What is an error the API server refuses, or it can't work: validateService in pkg/apis/core/validation of Kubernetes. */
export type ServiceRule = (subject: ServiceSubject) => void;

/** How messages about the API server's refusals end. */
export const refused = "the API server refuses that.";

/** A value out of a short list, with the spelling that was probably meant. Where an empty text stands for a default, pass undefined for it. */
export function oneOf({ report }: ServiceSubject, field: string, value: string | null | undefined, known: readonly string[]): void {
  if (value === null || value === undefined || known.includes(value)) return;
  const meant = known.find((other) => other.toLowerCase() === value.toLowerCase());
  report(
    "error",
    [field],
    `${JSON.stringify(value)} is none of ${known.join(", ")}: ${refused}`,
    meant ? `Write ${meant}.` : `Write ${known.join(" or ")}.`,
  );
}

/** A name of a label, an annotation or a class: an optional DNS name and a slash, then at most 63 letters, digits, '-', '_' and '.'. */
export const isQualifiedName = (text: string): boolean =>
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text);
