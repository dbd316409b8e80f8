import { planNetwork } from "../../../components/plan";
import type { StackInput } from "../../../core/stack/schema";
import type { KubeObject } from "../../../offline/kubernetes/objects";
import { describeWithApiServer } from "../../offline/kubernetes/apiServer";
import { refusals } from "../../support/dryRun";
import { stackWith } from "../../support/stacks";

type Controllers = NonNullable<NonNullable<StackInput["ingress"]>["controllers"]>;

describeWithApiServer("controllers that the lab has no image of: what a real API server says of their objects", (server) => {
  test.each<[string, Controllers]>([
    ["haproxy on the workers' ports", [{ name: "haproxy" }]],
    [
      "all of them side by side",
      [
        { name: "f5-nginx" },
        { name: "traefik", class: "traefik", expose: "nodePort" },
        { name: "ingress-nginx", class: "old", acknowledgeRetired: true, expose: "loadBalancer" },
      ],
    ],
  ])("%s: every object is accepted, strictly read", async (_, controllers) => {
    const rules = controllers.map(({ name, class: className = name }) => ({
      name,
      host: `${name}.example`,
      class: className,
      paths: [{ path: "/api/v1.0", service: "api", port: 80, rewrite: "/" }],
    }));
    const { manifests } = planNetwork(stackWith({ ingress: { controllers, rules } }));
    const objects = manifests.filter(({ part }) => part.startsWith("ingress")).map(({ object }) => object as KubeObject);
    expect(objects).not.toEqual([]);
    expect(await refusals(server, objects)).toEqual([]);
  });

  test("gce, which reads its class from an annotation: rules with a certificate and Google's own annotations, and the sample", async () => {
    const shop = {
      name: "shop",
      host: "shop.example",
      tlsSecret: "shop-tls",
      paths: [
        { service: "shop", port: 80 },
        { path: "/static/*", pathType: "ImplementationSpecific" as const, service: "static", port: "http" },
      ],
      annotations: { "networking.gke.io/v1beta1.FrontendConfig": "redirect", "kubernetes.io/ingress.global-static-ip-name": "shop" },
    };
    const { manifests } = planNetwork(
      stackWith({ ingress: { controllers: [{ name: "gce" }], rules: [shop], sample: { host: "hello.example" } } }),
    );
    const objects = manifests.filter(({ part }) => part.startsWith("ingress")).map(({ object }) => object as KubeObject);
    expect(objects.map(({ kind }) => kind)).toEqual(["Ingress", "Namespace", "Deployment", "Service", "Ingress"]);
    expect(await refusals(server, objects)).toEqual([]);
    // A class of both kinds would be read by the API server, too.
    const both = objects.map((object) => ({ ...object, spec: { ...(object.spec as object), ingressClassName: "other" } }));
    expect(await refusals(server, both.slice(0, 1))).toEqual([
      'Ingress: Ingress.networking.k8s.io "shop" is invalid: annotations.kubernetes.io/ingress.class: Invalid value: "gce": must match `ingressClassName` when both are specified',
    ]);
  });
});
