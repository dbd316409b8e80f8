import { apiMetadata } from "./apiMetadata";
import { hostMistake } from "./names";
import { finding, type ManifestFinding } from "./objects";
import { isLegacy } from "./versions";
import type { World } from "./world";

/** What stays wrong in a v1beta1 Ingress once it is converted; that its version is gone is a finding of its own. */
export function legacyFindings({ ingresses }: World): ManifestFinding[] {
  return ingresses
    .filter(({ object }) => isLegacy(object))
    .flatMap(({ object, hosts }) => [
      ...apiMetadata(object),
      ...hosts.flatMap(({ host, path }) => {
        const mistake = hostMistake(host);
        return mistake ? [finding(object, "error", path, mistake.message, mistake.mend)] : [];
      }),
    ]);
}
