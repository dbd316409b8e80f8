import { planNetwork } from "../../../components/plan";
import { stackWith } from "../../support/stacks";

test("a ServiceCIDR object for each additional range of services, named by it", () => {
  const stack = stackWith({ cluster: { additionalServiceCIDRs: ["10.112.0.0/16", "10.113.0.0/16"] } });
  const objects = planNetwork(stack).manifests.filter(({ part }) => part === "control-plane");
  expect(objects).toEqual(
    ["10.112.0.0/16", "10.113.0.0/16"].map((cidr) => ({
      part: "control-plane",
      object: {
        apiVersion: "networking.k8s.io/v1",
        kind: "ServiceCIDR",
        metadata: { name: `plumbline-${cidr.replaceAll(/[./]/g, "-")}`, labels: { "app.kubernetes.io/managed-by": "plumbline" } },
        spec: { cidrs: [cidr] },
      },
    })),
  );
});
