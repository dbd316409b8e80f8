import { readManifests } from "../../../../components/manifests/documents";
import { ApiError, Client } from "../../../../offline/kubernetes/client";
import { connect } from "../../../../offline/kubernetes/kubeconfig";
import { describeWithApiServer } from "../../../offline/kubernetes/apiServer";
import { apiCases } from "./apiCases";

const places: Readonly<Record<string, string>> = {
  Ingress: "namespaces/default/ingresses",
  IngressClass: "ingressclasses",
  Secret: "namespaces/default/secrets",
};

describeWithApiServer("what a real API server says of the lint's cases", (server) => {
  let client: Client;

  beforeAll(async () => {
    client = new Client(connect(server.kubeconfig, {}));
  }, 60_000);

  /** Creates an object for show, as strictly as kubectl does. */
  async function create(yaml: string): Promise<string> {
    const [document] = readManifests(yaml).documents;
    const { apiVersion, kind } = document?.data ?? {};
    const version = String(apiVersion);
    const path = `/${version.includes("/") ? "apis" : "api"}/${version}/${places[String(kind)]}`;
    try {
      await client.send({ method: "POST", path, query: { dryRun: "All", fieldValidation: "Strict" }, body: document?.data });
      return "accepted";
    } catch (error) {
      if (error instanceof ApiError) return `refused: ${error.message}`;
      throw error;
    }
  }

  test.each(apiCases.map(({ title, yaml, accepted }) => [accepted ? "accepted" : "refused", title, yaml] as const))(
    "%s: %s",
    async (verdict, _, yaml) => {
      expect(await create(yaml)).toMatch(new RegExp(`^${verdict}`));
    },
  );
});
