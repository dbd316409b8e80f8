import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readManifests } from "../../../../components/manifests/documents";
import { Client } from "../../../../offline/kubernetes/client";
import { connect } from "../../../../offline/kubernetes/kubeconfig";
import { cacheFolder } from "../../../../setup/paths";
import { type ApiServer, describeWithApiServer, freePort } from "../../../offline/kubernetes/apiServer";
import { complaints } from "./judge";
import { ingress, ingressClass, service } from "./manifests";

/** The lab's Traefik, from the cache. */
const folder = existsSync(cacheFolder()) ? readdirSync(cacheFolder()).find((name) => name.startsWith("traefik-")) : undefined;
const program = folder && path.join(cacheFolder(), folder, "traefik");

interface Router {
  readonly name: string;
  readonly rule: string;
  readonly status: string;
}

const of = (parts: Parameters<typeof ingress>[0]) => ingress({ className: "traefik", ...parts });
const prefix = "traefik.ingress.kubernetes.io/";

/** Ingresses by name: what Traefik makes of each (the rule of its router, or nothing), and how the lint judges it. */
const cases: readonly [name: string, yaml: string, rule: string | undefined, severities: readonly string[]][] = [
  ["plain", of({ host: "plain.example" }), 'Host("plain.example") && PathPrefix("/")', []],
  ["prefix", of({ host: "prefix.example", path: "/shop" }), 'Host("prefix.example") && (Path("/shop") || PathPrefix("/shop/"))', []],
  ["exact", of({ host: "exact.example", path: "/shop", pathType: "Exact" }), 'Host("exact.example") && Path("/shop")', []],
  [
    "entrypoint",
    of({ host: "entrypoint.example", annotations: { [`${prefix}router.entryPoints`]: "web" } }),
    'Host("entrypoint.example") && PathPrefix("/")',
    [],
  ],
  ["unknown", of({ host: "unknown.example", annotations: { [`${prefix}router.middleware`]: "a@file" } }), undefined, ["error"]],
  [
    "old",
    of({ host: "old.example", annotations: { [`${prefix}rule-type`]: "PathPrefixStrip" } }),
    'Host("old.example") && PathPrefix("/")',
    ["warning"],
  ],
  [
    "literal",
    of({ host: "literal.example", path: "/a(.*)", pathType: "ImplementationSpecific" }),
    'Host("literal.example") && (Path("/a(.*)") || PathPrefix("/a(.*)/"))',
    ["warning"],
  ],
  [
    "regex",
    of({
      host: "regex.example",
      path: "/a(.*)",
      pathType: "ImplementationSpecific",
      annotations: { [`${prefix}router.pathmatcher`]: "PathRegexp" },
    }),
    'Host("regex.example") && PathRegexp("/a(.*)")',
    [],
  ],
  ["priority", of({ host: "priority.example", annotations: { [`${prefix}router.priority`]: "high" } }), undefined, ["error"]],
  ["observed", of({ host: "observed.example", annotations: { [`${prefix}router.observability.metrics`]: "on" } }), undefined, ["error"]],
  [
    "matcher",
    of({ host: "matcher.example", pathType: "ImplementationSpecific", annotations: { [`${prefix}router.pathmatcher`]: "Regexp" } }),
    undefined,
    ["error"],
  ],
  [
    "notls",
    of({ host: "notls.example", annotations: { [`${prefix}router.tls`]: "yes" } }),
    'Host("notls.example") && PathPrefix("/")',
    ["warning"],
  ],
];

(program
  ? describeWithApiServer
  : (name: string, _: (server: ApiServer) => void) => test.skip(`${name} (skipped: the lab's Traefik isn't there yet)`, () => undefined))(
  "what a real Traefik makes of Ingresses",
  (server) => {
    let traefik: ChildProcess;
    let routers: readonly Router[];

    beforeAll(async () => {
      const connection = connect(server.kubeconfig, {});
      const client = new Client(connection);
      const create = (yaml: string, place: string, name?: string) => {
        const [document] = readManifests(yaml).documents;
        const data = { ...document?.data, ...(name ? { metadata: { ...(document?.data.metadata as object), name } } : {}) };
        return client.send({ method: "POST", path: place, body: data });
      };
      await create("apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n", "/api/v1/namespaces");
      await create(service({}), "/api/v1/namespaces/shop/services");
      await create(ingressClass("traefik", "traefik.io/ingress-controller"), "/apis/networking.k8s.io/v1/ingressclasses");
      for (const [name, yaml] of cases) await create(yaml, "/apis/networking.k8s.io/v1/namespaces/shop/ingresses", name);
      const [web, admin] = [await freePort(), await freePort()];
      const flags = {
        "entrypoints.web.address": `127.0.0.1:${web}`,
        "entrypoints.traefik.address": `127.0.0.1:${admin}`,
        "api.insecure": "true",
        "providers.kubernetesingress": "true",
        "providers.kubernetesingress.endpoint": connection.server,
        "providers.kubernetesingress.token": connection.token,
        "providers.kubernetesingress.certauthfilepath": path.join(
          path.dirname(String(JSON.parse(server.kubeconfig).clusters[0].cluster["certificate-authority"])),
          "apiserver.crt",
        ),
        "providers.kubernetesingress.allowemptyservices": "true",
        "providers.kubernetesingress.strictprefixmatching": "true",
        "log.level": "ERROR",
      };
      traefik = spawn(
        String(program),
        Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
        { stdio: "ignore" },
      );
      routers = await routersOf(admin);
    }, 90_000);

    afterAll(async () => {
      traefik?.kill("SIGKILL");
    });

    test.each(cases)("%s", (name, yaml, rule, severities) => {
      expect(routers.find((router) => router.name.startsWith(`shop-${name}-`) || router.name.includes(`-${name}-`))?.rule).toBe(rule);
      expect(complaints([yaml, service({})].join("---\n"), { controller: "traefik" }).map((line) => line.split(" ")[0])).toEqual(
        severities,
      );
    });
  },
);

/** Waits until Traefik has read the Ingresses. */
async function routersOf(port: number): Promise<Router[]> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/http/routers?per_page=100`);
      const routers = ((await answer.json()) as Router[]).filter(({ rule }) => rule.includes(".example"));
      if (routers.length > 0) return routers;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error("Traefik has no routers");
    await sleep(200);
  }
}
