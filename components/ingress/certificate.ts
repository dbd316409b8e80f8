import type { X509Certificate } from "node:crypto";
import type { Finding } from "../../core/finding";

const day = 24 * 60 * 60 * 1000;
/** Days before the end from which a certificate is worth a warning. */
const soon = 30;

/** What the day says of a certificate, if anything. */
export function judgeDates(certificate: X509Certificate, now: Date): Pick<Finding, "severity" | "message" | "mend"> | undefined {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const days = Math.floor((to.getTime() - now.getTime()) / day);
  const show = (date: Date) => date.toISOString().slice(0, 10);
  if (to < now) return { severity: "error", message: `expired on ${show(to)}; clients refuse it.`, mend: "Renew it." };
  if (from > now)
    return {
      severity: "error",
      message: `is valid from ${show(from)} only; clients refuse it until then.`,
      mend: "Wait, or look at the clock of who issued it.",
    };
  if (days >= soon) return undefined;
  return { severity: "warning", message: `expires on ${show(to)}, in ${days} days.`, mend: "Renew it, or let cert-manager do so." };
}

/** The names that clients compare: subject alternative names alone, not the subject. */
export const namesOf = (certificate: X509Certificate): string[] =>
  (certificate.subjectAltName ?? "")
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice("DNS:".length));

/** Why a host isn't in a certificate. @param certificate how the message calls it */
export const lacksName = (host: string, names: readonly string[], certificate: string) => ({
  message: `${host} isn't in the certificate: ${certificate} ${
    names.length > 0 ? `is for ${names.join(", ")}` : "has no subject alternative names, and clients look at no other"
  }. Clients refuse it.`,
  mend: "Order a certificate with that name, or name the host that it is for.",
});
