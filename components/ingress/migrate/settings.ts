import type { Manifest } from "../../../core/part";
import type { Ingress } from "../lint/model";

/** What one Ingress becomes. */
export interface Translation {
  readonly objects: readonly Manifest[];
  /** What couldn't be written: left to do by hand. */
  readonly open: readonly string[];
}

export const nginxPrefix = "nginx.ingress.kubernetes.io/";

/** An annotation of ingress-nginx by its short name; an empty one is none. */
export const setting = ({ annotations }: Ingress, name: string): string | undefined => annotations[nginxPrefix + name]?.trim() || undefined;
export const isOn = (ingress: Ingress, name: string): boolean => /^(1|t|true)$/i.test(setting(ingress, name) ?? "");
export const isOff = (ingress: Ingress, name: string): boolean => /^(0|f|false)$/i.test(setting(ingress, name) ?? "");
export const idOf = ({ object }: Ingress): string => `${object.namespace ?? "default"}/${object.name}`;
export const metadataOf = ({ object }: Ingress, name: string) => ({ name, ...(object.namespace ? { namespace: object.namespace } : {}) });

/** ingress-nginx sends HTTP to HTTPS where there is TLS, unless told otherwise; with force-ssl-redirect always. */
export const redirectsToHttps = (ingress: Ingress): boolean =>
  isOn(ingress, "force-ssl-redirect") || (ingress.tls.length > 0 && !isOff(ingress, "ssl-redirect"));
