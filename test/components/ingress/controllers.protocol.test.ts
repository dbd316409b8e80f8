import { planNetwork } from "../../../components/plan";
import type { StackInput } from "../../../core/stack/schema";
import type { KubeObject } from "../../../offline/kubernetes/objects";
import { type ApiServer, describeWithApiServer, startApiServer } from "../../offline/kubernetes/apiServer";
import { refusals } from "../../support/dryRun";
import { stackWith } from "../../support/stacks";

// A busy machine's API server takes its time.
jest.setTimeout(120_000);

type Controllers = NonNullable<NonNullable<StackInput["ingress"]>["controllers"]>;

describeWithApiServer("controllers that the lab has no image of: what a real API server says of their objects", () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
  }, 60_000);

  afterAll(() => server?.stop());

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
});
