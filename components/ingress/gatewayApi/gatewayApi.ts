import type { Finding } from "../../../core/finding";
import { showPath } from "../../../core/finding";
import type { Part } from "../../../core/part";
import type { Context } from "../../../core/plan";
import { usesGatewayApi } from "../../../core/stack/check/gatewayApi";
import { certificateSecret, judgeCertificate, listenerCertificates } from "../certificates";
import { lintIngress } from "../lint/lint";
import type { NamedManifests } from "../lint/objects";
import { gatewayDefinitions } from "./definitions";
import { classObject, gatewayObjects, type PlacedObject } from "./objects";

/** Gateway API, where the stack has anything of it: the kinds, and the objects of the stack file. */
export function gatewayApiParts({ stack }: Context): Part[] {
  if (!usesGatewayApi(stack)) return [];
  const part = "ingress/gateway-api";
  const placed = gatewayObjects(stack);
  const objects = [...classObject(stack), ...placed.map(({ object }) => object)];
  const certificates = listenerCertificates(stack);
  return [
    gatewayDefinitions(),
    {
      name: part,
      manifests: () => [
        ...certificates.map((certificate) => certificateSecret(certificate, part)),
        ...objects.map((object) => ({ part, object })),
      ],
      findings: () => [...certificates.flatMap(judgeCertificate), ...judge(placed)],
    },
  ];
}

/** What `plumbline ingress lint` says of the objects, at their places in the stack file. The stack's own checks have judged classes and parents. */
function judge(placed: readonly PlacedObject[]): Finding[] {
  const files = placed.map(({ object, path }): NamedManifests => {
    const place = () => ({ line: 0, column: 0 });
    return { file: showPath(path), findings: [], documents: [{ data: object, place, inside: () => place }] };
  });
  // No certificate is among them, so the day doesn't matter.
  return lintIngress(files, { now: new Date(0) }).flatMap(({ severity, path: [first, ...rest], message, mend, file }) => {
    const of = placed[files.findIndex((one) => one.file === file)];
    if (!of || severity === "info" || hasOwnCheck(rest, message)) return [];
    const words = message.replace("of these files", "of this stack");
    return [{ severity, path: [...of.path, ...(first === "spec" || first === "metadata" ? rest : [])], message: words, mend }];
  });
}

const hasOwnCheck = ([field]: readonly (string | number)[], message: string) =>
  field === "gatewayClassName" || message.startsWith("names no Gateway in parentRefs");
