import { unjudged, untilJudged } from "../../components/admission";
import { UserError } from "../../core/finding";

const pool = { apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", metadata: { name: "lan", namespace: "metallb-system" } };
const refuses = (words: string) => `The API server https://10.0.0.1:6443 refuses to create IPAddressPool lan: ${words}`;
/** As an API server says it while no pod of the webhook is ready, and then until the webhook's certificate is in its configuration. */
const noPods = refuses(
  'Internal error occurred: failed calling webhook "ipaddresspoolvalidationwebhook.metallb.io": failed to call webhook: Post "https://metallb-webhook-service.metallb-system.svc:443/validate?timeout=10s": no endpoints available for service "metallb-webhook-service"',
);
const noTrust = refuses(
  'Internal error occurred: failed calling webhook "ipaddresspoolvalidationwebhook.metallb.io": failed to call webhook: Post "https://metallb-webhook-service.metallb-system.svc:443/validate?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
);

/** An API server that answers so, one time after the other, and takes the object in the end. */
function cluster(...answers: readonly string[]) {
  const asked: unknown[] = [];
  const create = async (object: unknown, options?: object) => {
    const words = answers[asked.length];
    asked.push([object, options]);
    if (words) throw new UserError(words);
  };
  return { create, asked };
}

test.each<[string, string[], string | undefined]>([
  ["takes the object", [], undefined],
  ["refuses it by itself", [refuses("unknown field spec.range")], undefined],
  ["has it already", [refuses('ipaddresspools.metallb.io "lan" already exists')], undefined],
  ["is denied it by the webhook", [refuses('admission webhook "x.metallb.io" denied the request: overlaps with lan2')], undefined],
  ["has no such kind", ["The API server https://10.0.0.1:6443 refuses to create IPAddressPool lan: HTTP 404"], undefined],
  ["can't reach the webhook", [noPods], noPods],
  ["doesn't trust the webhook yet", [noTrust], noTrust],
])("an API server that %s", async (_, answers, expected) => {
  const { create, asked } = cluster(...answers);
  expect(await unjudged({ create }, pool)).toBe(expected);
  expect(asked).toEqual([[pool, { dryRun: true }]]);
});

test("a webhook that answers after a while is waited for, and nothing is made meanwhile", async () => {
  const { create, asked } = cluster(noPods, noTrust);
  const said: string[] = [];
  await untilJudged({ create }, pool, (message) => said.push(message));
  expect(asked).toEqual([pool, pool, pool].map((object) => [object, { dryRun: true }]));
  expect(said).toEqual(["Waiting for the webhook that has to admit IPAddressPool lan"]);
});

test("one that never answers is told in the API server's words, with where to look", async () => {
  const { create } = cluster(noPods, noPods);
  await expect(untilJudged({ create }, pool, () => undefined, 0)).rejects.toThrow(
    new UserError(`${noPods}\nIt didn't answer within 0 s: do its pods run? See \`kubectl get pods -A\`.`),
  );
});
