import { agnhostImage as image, kubectl, on } from "./testLab";

const pod = (name: string, node: string, container: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { nodeName: node, terminationGracePeriodSeconds: 0, containers: [{ name: "main", image, imagePullPolicy: "Never", ...container }] },
});

const apply = (object: object) => on("cp1", `echo '${JSON.stringify(object)}' | kubectl apply -f -`);

/** A web server in a pod; gives its address. */
export async function startServer(name: string, node: string): Promise<string> {
  await apply(pod(name, node, { args: ["netexec", "--http-port=8080"] }));
  await kubectl(`wait --for=condition=Ready pod/${name} --timeout=60s`);
  return (await kubectl(`get pod ${name} -o jsonpath='{.status.podIP}'`)).trim();
}

/** A pod that asks an address for its host name ten times a second, a new connection each time, and waits a second for each answer. */
export async function startClient(name: string, node: string, address: string): Promise<void> {
  await startAsking(name, node, `timeout 1 wget -qO- http://${address}:8080/hostname`);
}

/** A pod that looks a name up ten times a second, and waits three seconds for each answer: a resolver's second try is in it. */
export const startResolver = (name: string, node: string, asked: string, server: string) =>
  startAsking(name, node, `timeout 3 nslookup ${asked} ${server}`);

async function startAsking(name: string, node: string, command: string): Promise<void> {
  const loop = `trap exit TERM; while :; do ${command} >/dev/null 2>&1 && echo answered || echo lost; sleep 0.1; done`;
  await apply(pod(name, node, { command: ["/bin/sh", "-c", loop] }));
  await kubectl(`wait --for=condition=Ready pod/${name} --timeout=60s`);
}

/** What a client has seen since it began. */
export async function requests(name: string): Promise<{ answered: number; lost: number }> {
  const lines = (await kubectl(`logs ${name}`)).split("\n");
  const count = (word: string) => lines.filter((line) => line === word).length;
  return { answered: count("answered"), lost: count("lost") };
}
