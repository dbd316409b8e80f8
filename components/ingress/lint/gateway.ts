import type { ManifestFinding } from "./objects";
import type { World } from "./world";

export function gatewayFindings(_world: World): ManifestFinding[] {
  return [];
}
