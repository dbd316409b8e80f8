import { annotationFindings } from "./annotations";
import { apiFindings } from "./api";
import { backendFindings } from "./backends";
import { claimFindings } from "./claims";
import { classFindings } from "./classes";
import { duplicateFindings } from "./duplicates";
import { gatewayFindings } from "./gateway";
import { issuerFindings } from "./issuers";
import { legacyFindings } from "./legacy";
import { middlewareFindings } from "./middlewares";
import { fileObject, type ManifestFinding, type NamedManifests } from "./objects";
import { pathFindings } from "./paths";
import { priorityFindings } from "./priorities";
import { tlsFindings } from "./tls";
import { isCurrent, versionFindings } from "./versions";
import { makeWorld, type Served } from "./world";

export interface LintOptions {
  /** The controller that will serve the Ingresses; without it their class and annotations tell. */
  readonly controller?: Served;
  /** The files are all Ingresses, IngressClasses, Services and TLS Secrets of a cluster: what isn't among them isn't there. */
  readonly isCluster?: boolean;
  /** For the validity of certificates. */
  readonly now: Date;
}

/**
 * Judges Ingresses together with the classes, Services, Secrets and workloads that are with them in the files. An error is what the API server
 * (as kubectl calls it, strictly) or the controller refuses, or what can't work; a warning works otherwise than it looks.
 */
export function lintIngress(files: readonly NamedManifests[], { controller, now, isCluster }: LintOptions): ManifestFinding[] {
  const objects = files.flatMap(({ file, documents }) => documents.map((document) => fileObject(file, document)));
  const world = makeWorld(objects, now, { served: controller, isCluster });
  const current = objects.filter((object) => (object.kind === "Ingress" || object.kind === "IngressClass") && isCurrent(object));
  return [
    ...files.flatMap(({ file, findings }) => findings.map((finding) => ({ ...finding, file }))),
    ...versionFindings(objects),
    ...current.flatMap(apiFindings),
    ...legacyFindings(world),
    ...duplicateFindings(world),
    ...claimFindings(world),
    ...backendFindings(world),
    ...classFindings(world, controller),
    ...annotationFindings(world),
    ...middlewareFindings(world),
    ...pathFindings(world),
    ...priorityFindings(world),
    ...issuerFindings(world),
    ...tlsFindings(world),
    ...gatewayFindings(world),
  ];
}
