import { type Fields, type FileObject, fields, list, show, text } from "./objects";

/** Whether a reference stays in its namespace, or a ReferenceGrant of the other one lets it in. */
export function mayRefer(from: FileObject, kind: string, reference: Fields, grants: readonly FileObject[]): boolean {
  const namespace = text(reference.namespace);
  if (namespace === undefined || namespace === (from.namespace ?? "default")) return true;
  return grants.some((grant) => {
    const spec = fields(grant.data.spec);
    const fromFits = list(spec.from)
      .map(fields)
      .some((one) => one.kind === from.kind && one.namespace === (from.namespace ?? "default"));
    const toFits = list(spec.to)
      .map(fields)
      .some((one) => one.kind === kind && (one.name === undefined || one.name === reference.name));
    return grant.namespace === namespace && fromFits && toFits;
  });
}

export const noGrant = (kind: string, reference: Fields, from: FileObject): [message: string, mend: string] => [
  `is the ${kind} ${show(reference.name)} of the namespace ${show(reference.namespace)}, and no ReferenceGrant there lets ${from.kind}s of ${from.namespace ?? "default"} have it.`,
  `Write a ReferenceGrant in ${show(reference.namespace)}, from ${from.kind} to ${kind}, or put both into one namespace.`,
];
