import { planNetwork } from "../../../components/plan";
import type { Manifest } from "../../../core/part";
import type { StackInput } from "../../../core/stack/schema";
import { Client } from "../../../offline/kubernetes/client";
import { connect } from "../../../offline/kubernetes/kubeconfig";
import { type ApiServer, describeWithApiServer, startApiServer } from "../../offline/kubernetes/apiServer";
import { stackWith } from "../../support/stacks";

type Controllers = NonNullable<NonNullable<StackInput["ingress"]>["controllers"]>;

/** Where the API serves the kinds of which a controller is made. */
const plurals: Readonly<Record<string, string>> = {
  Namespace: "namespaces",
  ServiceAccount: "serviceaccounts",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  Role: "roles",
  RoleBinding: "rolebindings",
  IngressClass: "ingressclasses",
  ConfigMap: "configmaps",
  DaemonSet: "daemonsets",
  Deployment: "deployments",
  Service: "services",
};

describeWithApiServer("controllers that the lab has no image of: what a real API server says of their objects", () => {
  let server: ApiServer;
  let client: Client;

  beforeAll(async () => {
    server = await startApiServer();
    client = new Client(connect(server.kubeconfig, {}));
  }, 60_000);

  afterAll(() => server?.stop());

  function create(object: Manifest): Promise<unknown> {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const namespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : "";
    // The others need their namespace to be there.
    const dryRun = kind === "Namespace" ? {} : { dryRun: "All" };
    const path = `${group}${namespace}/${plurals[kind]}`;
    return client.send({ method: "POST", path, query: { ...dryRun, fieldValidation: "Strict" }, body: object });
  }

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
    const { manifests } = planNetwork(stackWith({ ingress: { controllers } }));
    for (const { object } of manifests.filter(({ part }) => part.startsWith("ingress/"))) {
      await expect(create(object)).resolves.toMatchObject({ kind: object.kind, metadata: { name: object.metadata.name } });
    }
  });
});
