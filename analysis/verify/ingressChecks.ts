import { X509Certificate } from "node:crypto";
import type { V1Secret } from "@kubernetes/client-node";
import type { Reference } from "../../components/cluster";
import type { Outcome } from "../../components/node/dial";
import type { Plan } from "../../core/plan";
import { gatewayController } from "../../core/stack/check/gatewayApi";
import { controllerName, ingressClass, ruleController, ruleSecret } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { type Check, type Facts, failed, NotThere, type PacketCheck, passed, type SkippedCheck, type Verdict } from "./check";
import { type Controller, type Entrance, portOf, socketOf } from "./entrance";
import { patience, said } from "./failure";
import { answerFormat, handshakeFormat, judgeAnswer, judgeHandshake, judgePage } from "./ingressAnswer";
import type { LiveState } from "./live";
import { type Client, curl, quote } from "./outsideChecks";
import { routePages } from "./routePages";

type Rule = Stack["ingress"]["rules"][number];

/** A host and a path that a controller has to serve. */
interface Page {
  readonly host: string;
  readonly path: string;
  /** What HTTP gets; undefined where only TLS is listened for. */
  readonly http?: "page" | "redirect";
  /** What is behind TLS, if anything: `page` is read and passed on by the controller, `stream` passed on unread. */
  readonly tls?: "page" | "stream" | undefined;
  /** The Secret whose certificate TLS shows; undefined where the pods behind have it. */
  readonly secret?: Reference | undefined;
}

/** A host that nobody has: the top-level domain is reserved for that (RFC 2606). */
const nobody = "plumbline-verify.invalid";

/**
 * Requests through an ingress controller. Every page is tried once, and every entrance once: pages go round over the entrances, so that a large cluster isn't
 * tried entrance by page.
 */
export function ingressChecks(plan: Plan, client: Client, controller: Controller, entrances: readonly Entrance[]): Check[] {
  const [first] = entrances;
  if (!first) {
    const reason =
      controller.expose === "loadBalancer"
        ? "behind a load balancer, whose address isn't the plan's"
        : "no node that takes part has an address of the client's family and this controller";
    return [skipped(client, controllerName(controller), reason)];
  }
  const { pages, expressions } = pagesOf(plan, controller);
  const rounds = pages.length === 0 ? [] : Array.from({ length: Math.max(entrances.length, pages.length) }, (_, index) => index);
  return [
    ...rounds.flatMap((index) => pageChecks(client, at(entrances, index), at(pages, index))),
    ...expressions.map((path) => skipped(client, path, "an expression, for which no request is known")),
    unknownHostCheck(plan, client, first),
  ];
}

/** The Secrets whose certificates have to be shown. */
export const certificates = ({ stack }: Plan): Reference[] => [
  ...stack.ingress.rules.flatMap((rule) => secretOf(rule) ?? []),
  ...routePages(stack).flatMap(({ secret }) => secret ?? []),
];

function secretOf(rule: Rule): Reference | undefined {
  const name = ruleSecret(rule);
  return name === undefined ? undefined : { apiVersion: "v1", kind: "Secret", metadata: { namespace: rule.namespace, name } };
}

const skipped = (client: Client, to: string, reason: string): SkippedCheck => ({
  kind: "skipped",
  name: "HTTP through the ingress",
  from: client.name,
  to,
  expected: "",
  reason,
});

/** The one at a place in a list that isn't empty, going round. */
function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("an empty list has no place");
  return item;
}

function pagesOf({ stack }: Plan, controller: Controller): { pages: Page[]; expressions: string[] } {
  const { controllers, rules, sample } = stack.ingress;
  const sampleController = controllers.find((one) => ingressClass(one).isDefault) ?? controllers[0];
  const pages: Page[] = sample && controller === sampleController ? [{ host: sample.host, path: "/hostname", http: "page" }] : [];
  const expressions: string[] = [];
  for (const rule of rules.filter((one) => ruleController(stack, one) === controller)) {
    // A wildcard stands for any label; a rule without a host for any host.
    const host = anyOf(rule.host);
    const secret = secretOf(rule);
    const answers = { http: rule.redirectToHttps ? "redirect" : "page", tls: secret && "page", secret } as const;
    for (const { path, pathType } of rule.paths) {
      if (pathType === "ImplementationSpecific" && /[\\^$*+?()[\]{}|]/.test(path)) expressions.push(`${host}${path}`);
      else pages.push({ host, path, ...answers });
    }
  }
  if (controller === gatewayController(stack))
    for (const { host, path, protocol, secret } of routePages(stack)) {
      const answers =
        protocol === "HTTP" ? { http: "page" as const } : { tls: protocol === "TLS" ? ("stream" as const) : ("page" as const) };
      pages.push({ host: anyOf(host), path, secret, ...answers });
    }
  return { pages, expressions };
}

/** A host that a rule's stands for. */
const anyOf = (host: string | undefined): string => host?.replace(/^\*/, "plumbline-verify") ?? nobody;

function pageChecks(client: Client, entrance: Entrance, page: Page): PacketCheck[] {
  return [
    ...(page.http === "page" ? [httpCheck(client, entrance, page)] : []),
    ...(page.http === "redirect" ? [redirectCheck(client, entrance, page)] : []),
    ...(page.tls ? [tlsCheck(client, entrance, page, page.tls)] : []),
  ];
}

const words = (client: Client, { node }: Entrance, { host, path }: Page) =>
  ({
    kind: "packet",
    from: client.name,
    to: `${host}${path === "/" ? "" : path} at ${node.name}`,
    at: "outside",
    needs: "nothing",
  }) as const;

const urlOf = (entrance: Entrance, path: string) => `http://${socketOf(entrance, "http")}${path}`;

const httpCommand = (entrance: Entrance, { host, path }: Page) =>
  `${curl(patience)} -w ${quote(answerFormat)} -H ${quote(`Host: ${host}`)} ${quote(urlOf(entrance, path))}`;

/** An HTTP request by host name to one node. The application behind may answer as it likes, but it has to be the one that answers. */
function httpCheck(client: Client, entrance: Entrance, page: Page): PacketCheck {
  const target = urlOf(entrance, page.path);
  return {
    ...words(client, entrance, page),
    name: "HTTP through the ingress",
    expected: "the application answers",
    command: () => httpCommand(entrance, page),
    judge: (outcome) => judgeAnswer(outcome, entrance, target, (answer) => judgePage(`${target} for ${page.host}`, answer)),
  };
}

function redirectCheck(client: Client, entrance: Entrance, page: Page): PacketCheck {
  const { controller } = entrance;
  const target = urlOf(entrance, page.path);
  // Both NGINX know of no port but 443.
  const port = controller.name === "traefik" || controller.name === "haproxy" ? portOf(controller, "https") : 443;
  const wanted = `https://${page.host}${port === 443 ? "" : `:${port}`}${page.path}`;
  return {
    ...words(client, entrance, page),
    name: "redirect to HTTPS",
    expected: `sent to ${wanted}`,
    command: () => httpCommand(entrance, page),
    judge: (outcome) =>
      judgeAnswer(outcome, entrance, target, ({ code, redirect }) => {
        const seen = redirect.replace(/^(https:\/\/[^/]*):443(?=\/|$)/, "$1");
        if (seen === wanted && code >= 300 && code < 400) return passed(`${code} to ${redirect}`);
        return failed(
          `${target} for ${page.host}: ${redirect ? `sent to ${redirect} (${code})` : `answered with ${code}`} instead of being sent to ${wanted}. Is the Ingress as planned, and has the controller taken it up?`,
        );
      }),
  };
}

/** Why curl refused a connection, when it did so because of its TLS. */
function tlsFailure({ code, ...outcome }: Outcome, target: string, host: string, whose: string): Verdict | undefined {
  const reason = said({ code, ...outcome });
  if (code === 35) return failed(`${target}: no TLS handshake: ${reason}. Has the controller read ${whose}?`);
  if (code !== 60) return undefined;
  if (/expired|not yet valid/i.test(reason)) return failed(`${target}: the certificate of ${whose} isn't valid now: ${reason}`);
  if (/subject name|host ?name/i.test(reason)) return failed(`${target}: the certificate of ${whose} isn't for ${host}: ${reason}`);
  return failed(`${target}: shows another certificate than that of ${whose}: ${reason}. Has the controller read the Secret?`);
}

/**
 * A request with the host's name in the TLS handshake. With a Secret curl trusts its certificate and nothing else, so it accepts exactly that one, with a key
 * that fits, for a name that it has, while it is valid. Behind a stream anything may speak: there the handshake is what is proven.
 */
function tlsCheck(client: Client, entrance: Entrance, page: Page, behind: "page" | "stream"): PacketCheck {
  const { secret } = page;
  const port = portOf(entrance.controller, "https");
  const whose = secret ? `Secret ${secret.metadata.namespace}/${secret.metadata.name}` : "the TLSRoute";
  const target = `https://${page.host}:${port}${page.path}`;
  const certificate = secret ? `the certificate of ${whose}` : "the application's own certificate";
  return {
    ...words(client, entrance, page),
    name: behind === "page" ? "HTTPS through the ingress" : "TLS through the ingress",
    expected: behind === "page" ? `${certificate}, and the application answers` : certificate,
    command: (facts) => {
      const trust = secret ? "--cacert /dev/stdin" : "-k";
      const format = behind === "page" ? answerFormat : handshakeFormat;
      const ask = `${curl(patience)} ${trust} --connect-to ::${socketOf(entrance, "https")} -w ${quote(format)} ${quote(target)}`;
      return secret ? `printf %s ${quote(certificateOf(facts, secret))} | ${ask}` : ask;
    },
    judge: (outcome) =>
      tlsFailure(outcome, target, page.host, whose) ??
      (behind === "page"
        ? judgeAnswer(outcome, entrance, target, (answer) => judgePage(target, answer))
        : judgeHandshake(outcome, entrance, target)),
  };
}

/** @throws NotThere */
function certificateOf({ live }: Facts, reference: Reference): string {
  const { namespace, name } = reference.metadata;
  const secret = live.object(reference) as V1Secret | undefined;
  const text = secret?.data?.["tls.crt"];
  if (!secret) throw new NotThere(`Secret ${namespace}/${name} isn't in the cluster`);
  if (!text) throw new NotThere(`Secret ${namespace}/${name} has no tls.crt: is it of type kubernetes.io/tls?`);
  try {
    // The first is the host's own; those after it signed it.
    return new X509Certificate(Buffer.from(text, "base64")).toString();
  } catch (error) {
    throw new NotThere(`tls.crt of Secret ${namespace}/${name} is no certificate: ${(error as Error).message}`);
  }
}

/** What a host gets that no rule names: the default backend's answer, where there is one, else the controller's 404. */
function unknownHostCheck({ stack }: Plan, client: Client, entrance: Entrance): PacketCheck {
  const page = { host: nobody, path: "/" };
  const target = `${urlOf(entrance, page.path)} for ${nobody}`;
  const rules = stack.ingress.rules.filter((rule) => ruleController(stack, rule) === entrance.controller);
  const fallback = rules.find(({ defaultBackend }) => defaultBackend);
  const takesAll = fallback ?? rules.find(({ host, paths }) => host === undefined && paths.some(({ path }) => path === "/"));
  const common = {
    ...words(client, entrance, page),
    to: `unknown host at ${entrance.node.name}`,
    command: () => httpCommand(entrance, page),
  };
  // An HTTPRoute for any host may answer as it likes.
  if (entrance.controller === gatewayController(stack) && routePages(stack).some(({ host }) => host === undefined)) {
    return {
      ...common,
      name: "unknown host",
      expected: "an HTTPRoute for any host answers",
      judge: (outcome) => judgeAnswer(outcome, entrance, target, ({ code }) => passed(`${target}: ${code}`)),
    };
  }
  if (takesAll) {
    return {
      ...common,
      name: fallback ? "default backend" : "unknown host",
      expected: `${takesAll.namespace}/${takesAll.name} answers`,
      judge: (outcome) => judgeAnswer(outcome, entrance, target, (answer) => judgePage(target, answer)),
    };
  }
  return {
    ...common,
    name: "unknown host",
    expected: "refused: 404",
    judge: (outcome, { live }) =>
      judgeAnswer(outcome, entrance, target, ({ code }) => {
        if (code === 404) return passed(`${target}: 404`);
        const others = takingAnyHost(live, ingressClass(entrance.controller).name);
        if (others.length > 0) return passed(`${target}: ${code}; not of this stack, and for any host: ${others.join(", ")}`);
        return failed(`${target} is answered with ${code}, though no Ingress takes any host. See the controller's logs.`);
      }),
  };
}

/** The cluster's Ingresses of a class, or of none, that want every host. */
const takingAnyHost = ({ ingresses }: LiveState, className: string): string[] =>
  ingresses
    .filter(({ spec }) => [className, undefined].includes(spec?.ingressClassName))
    .filter(({ spec }) => spec?.defaultBackend || spec?.rules?.some(({ host }) => !host))
    .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
