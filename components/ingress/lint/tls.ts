import { certificateFindings } from "./certificates";
import type { Ingress, Tls } from "./model";
import { covers } from "./names";
import { describe, type FileObject, fields, finding, type ManifestFinding, sameNamespace, text, whereIs } from "./objects";
import { among, type World } from "./world";

/** TLS of Ingresses: its hosts against the rules', its Secrets against the files', certificates against hosts and the clock. */
export function tlsFindings(world: World): ManifestFinding[] {
  return [
    ...world.ingresses.flatMap((ingress) => [
      ...judgeHosts(ingress, world),
      ...judgeSecretsPerHost(ingress),
      ...ingress.tls.flatMap((tls) => judgeSecret(ingress, tls, world)),
    ]),
    ...certificateFindings(world),
  ];
}

function judgeHosts({ object, hosts, routes, defaultBackend, tls }: Ingress, { ingresses }: World): ManifestFinding[] {
  if (tls.length === 0) return [];
  const findings: ManifestFinding[] = [];
  const anyHost = defaultBackend !== undefined || routes.some(({ host }) => host === undefined);
  const ruled = ingresses.flatMap((ingress) => ingress.hosts.map(({ host }) => host));
  const named = tls.flatMap((entry) => entry.hosts.map((host, index) => ({ host, path: [...entry.path, "hosts", index] })));
  const lost = anyHost ? [] : named.filter(({ host }) => !ruled.some((rule) => covers(host, rule) || covers(rule, host)));
  const severity = lost.length === named.length ? "warning" : "info";
  for (const { host, path } of lost)
    findings.push(
      finding(
        object,
        severity,
        path,
        `no rule is for ${host}: its requests get a certificate, and then 404.`,
        "Write a rule for it, or take it out of tls.",
      ),
    );
  // An entry without hosts is for all of them.
  if (tls.some((entry) => entry.hosts.length === 0)) return findings;
  for (const { host, path } of hosts)
    if (!named.some((one) => covers(one.host, host)))
      findings.push(
        finding(
          object,
          "info",
          path,
          `${host} is in no entry of tls, where other hosts are: it is served without a certificate of its own.`,
          "Add it to tls, if it should have one.",
        ),
      );
  return findings;
}

function judgeSecretsPerHost({ object, tls }: Ingress): ManifestFinding[] {
  const first = new Map<string, string>();
  return tls.flatMap((entry) =>
    entry.hosts.flatMap((host, index) => {
      const secret = entry.secret ?? "";
      const earlier = first.get(host);
      first.set(host, earlier ?? secret);
      if (earlier === undefined || earlier === secret) return [];
      return [
        finding(
          object,
          "warning",
          [...entry.path, "hosts", index],
          `${host} has the Secret ${earlier} already; only one of the two certificates is shown.`,
          "Name every host once.",
        ),
      ];
    }),
  );
}

function judgeSecret({ object, annotations }: Ingress, { secret, path }: Tls, world: World): ManifestFinding[] {
  if (secret === undefined) return [];
  const { secrets, objects } = world;
  const at = [...path, "secretName"];
  const found = secrets.find(({ name, namespace }) => name === secret && sameNamespace(namespace, object.namespace));
  if (found) return judgeType(found);
  const elsewhere = secrets.find(({ name }) => name === secret);
  if (elsewhere) {
    const message = `there is no Secret ${secret} in the namespace ${object.namespace ?? "default"}, only in ${elsewhere.namespace} (${whereIs(elsewhere)}); an Ingress reads its own namespace alone.`;
    return [finding(object, "error", at, message, "Put a copy of the Secret beside the Ingress.")];
  }
  const issued = Object.keys(annotations).some((key) => key.startsWith("cert-manager.io/") || key === "kubernetes.io/tls-acme");
  const ordered = objects.some(({ kind, data }) => kind === "Certificate" && fields(data.spec).secretName === secret);
  const others = secrets.filter(({ data, namespace }) => data.type === "kubernetes.io/tls" && sameNamespace(namespace, object.namespace));
  if (issued || ordered || others.length === 0) return [];
  return [
    finding(
      object,
      "warning",
      at,
      `there is no Secret ${secret} in ${among(world)}, only ${others.map(({ name }) => name).join(", ")}.`,
      "Name one of them, add it, or let cert-manager make it.",
    ),
  ];
}

function judgeType(secret: FileObject): ManifestFinding[] {
  const type = text(secret.data.type) ?? "Opaque";
  if (type === "kubernetes.io/tls") return [];
  const keys = [...Object.keys(fields(secret.data.data)), ...Object.keys(fields(secret.data.stringData))];
  const missing = ["tls.crt", "tls.key"].filter((key) => !keys.includes(key));
  if (missing.length === 0)
    return [
      finding(
        secret,
        "info",
        ["type"],
        `is ${type}; GCE and some others take kubernetes.io/tls alone.`,
        "Write type: kubernetes.io/tls in a new Secret: the type can't be changed.",
      ),
    ];
  return [
    finding(
      secret,
      "error",
      [],
      `${describe(secret)} has no ${missing.join(" and no ")}, which TLS needs.`,
      "Write the certificate as tls.crt, the key as tls.key, type: kubernetes.io/tls.",
    ),
  ];
}
