import { host as hostPart } from "../../components/host/host";
import { base } from "../../components/node/base";
import { planNetwork } from "../../components/plan";
import type { HostItem } from "../../core/host";
import type { StackInput } from "../../core/stack/schema";
import * as host from "../components/node/host";
import { failed, Generation, shell } from "../components/node/host";
import { stackWith } from "../support/stacks";

/** What is asked of every host, and what these settings ask of this one, which is w1 of a cluster with a cp1. */
function itemsFor(settings: StackInput["host"]): readonly HostItem[] {
  const nodes: StackInput["nodes"] = [
    { name: "cp1", roles: ["control-plane", "etcd"], address: host.clientAddress },
    { name: "w1", address: host.hostAddress },
  ];
  const plan = planNetwork(stackWith({ nodes, host: settings }));
  const w1 = plan.nodes.find(({ name }) => name === "w1");
  return w1 ? [base, hostPart].flatMap((part) => part(plan).host?.(w1) ?? []) : [];
}
const generation = (settings: StackInput["host"]) => new Generation(itemsFor(settings), 5);
const names = { entries: [{ address: "10.0.0.7", names: ["registry.example", "registry"] }] };
const resolver = { nameservers: [host.clientAddress], search: ["corp.example"] };

/** The files, their times and links: what destroy has to bring back. */
const files = () =>
  shell(
    "cat /etc/hosts /etc/resolv.conf; stat -c '%N %a %U %y' /etc/hosts /etc/resolv.conf; find /etc/NetworkManager /etc/dhcp /etc/systemd/resolved.conf* ! -type d | sort",
  );
/** By the same way as any program of the host's. */
const lookUp = (name: string) => shell(`getent ahostsv4 ${name} | awk 'NR == 1 { print $1 }'`);
const dnsServer = `systemd-run --quiet --collect --unit=dns dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --address=/shop.corp.example/10.9.9.9; sleep 0.5`;

beforeAll(async () => {
  await host.startHost(
    "printf '# of the site\\n127.0.0.1 localhost h1\\n10.0.0.9 git.example' >/etc/hosts; touch -d 2001-02-03 /etc/hosts",
  );
  await host.fetchPackages("systemd-resolved", "dnsmasq-base");
  await host.installOnClient("dnsmasq-base");
  await host.onClient(dnsServer);
}, 240_000);
afterEach(async () => {
  await host.destroy();
}, 40_000);
afterAll(host.stopHost, 20_000);

describe("/etc/hosts", () => {
  const content = () => shell("cat /etc/hosts");

  test("gets a block of ours, which outlives a reboot; destroy leaves the file as it was, to the byte", async () => {
    const before = await files();
    await generation({ hosts: { nodes: true, ...names } }).applyAndConfirm();
    const ours = `# of the site
127.0.0.1 localhost h1
10.0.0.9 git.example
# BEGIN Plumbline: pulumi destroy takes these lines away
10.0.0.7 registry.example registry
${host.clientAddress} cp1
# END Plumbline`;
    expect(await content()).toBe(ours);
    await host.reboot();
    expect([await content(), await lookUp("cp1"), await lookUp("registry")]).toEqual([ours, host.clientAddress, "10.0.0.7"]);
    await host.destroy();
    expect(await files()).toBe(before);
  }, 120_000);

  test("what others change beside our block stays, also when the block goes", async () => {
    await generation({ hosts: names }).applyAndConfirm();
    await shell("sed -i 's/^10.0.0.9 .*/10.0.0.10 git.example/' /etc/hosts; echo 10.0.0.11 late.example >>/etc/hosts");
    await generation({ hosts: { nodes: true } }).applyAndConfirm();
    expect(await lookUp("registry")).toBe("");
    await host.destroy();
    expect(await content()).toBe("# of the site\n127.0.0.1 localhost h1\n10.0.0.10 git.example\n10.0.0.11 late.example");
    await shell("sed -i -e '/late/d' -e 's/^10.0.0.10 /10.0.0.9 /' /etc/hosts");
  }, 60_000);

  test("a name that has another address there is refused, with its line", async () => {
    const before = await files();
    const wrong = generation({ hosts: { entries: [{ address: "10.0.0.8", names: ["git.example"] }] } });
    expect(await wrong.apply()).toEqual(
      failed(
        "host-name git.example: line 3 of /etc/hosts gives it the address 10.0.0.9, not 10.0.0.8; remove that line, or write that address in the stack",
        `generation ${wrong.name} is refused; nothing was changed`,
      ),
    );
    expect(await files()).toBe(before);
  }, 40_000);
});

test("the API server's name, by which the kubelet reaches it, goes on leading there, else the change is taken back", async () => {
  const called = (address: string) => generation({ hosts: { entries: [{ address, names: ["api.example"] }] } });
  await called(host.clientAddress).applyAndConfirm();
  await shell("mkdir -p /etc/kubernetes; echo '    server: https://api.example:22' >/etc/kubernetes/kubelet.conf");
  const wrong = called("192.0.2.1");
  expect(await wrong.apply()).toEqual(
    failed("probe api-name: worked before the change and fails after it", `generation ${wrong.name} failed and is rolled back`),
  );
  expect(await lookUp("api.example")).toBe(host.clientAddress);
  await shell("rm -r /etc/kubernetes");
}, 60_000);

/** The same story for whoever writes /etc/resolv.conf: names resolve, also after a reboot, and destroy brings back what was there. */
async function takesOurs(settings: StackInput["host"] = { resolver }): Promise<string> {
  const before = await files();
  await generation(settings).applyAndConfirm();
  expect(await lookUp("shop")).toBe("10.9.9.9");
  await host.reboot();
  expect(await lookUp("shop")).toBe("10.9.9.9");
  const seen = await shell("grep -v '^#' /etc/resolv.conf");
  await host.destroy();
  expect(await files()).toBe(before);
  return seen;
}

describe("the resolver", () => {
  test("of a plain host is its /etc/resolv.conf", async () => {
    const seen = await takesOurs({ resolver: { ...resolver, options: ["timeout:2"] } });
    expect(seen).toBe(`nameserver ${host.clientAddress}\nsearch corp.example\noptions timeout:2`);
  }, 120_000);

  test("that doesn't answer, where the one before did, is taken back", async () => {
    await generation({ resolver }).applyAndConfirm();
    const deaf = generation({ resolver: { nameservers: ["192.0.2.53"] } });
    expect(await deaf.apply()).toEqual(
      failed("probe resolver: worked before the change and fails after it", `generation ${deaf.name} failed and is rolled back`),
    );
    expect(await lookUp("shop")).toBe("10.9.9.9");
  }, 60_000);

  test("of systemd-resolved's host is in its settings; the stub stays, and options are refused", async () => {
    await host.installPackages("systemd-resolved");
    await shell("ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf; systemctl restart systemd-resolved");
    const wrong = generation({ resolver: { ...resolver, options: ["rotate"] } });
    expect((await wrong.apply()).stderr).toContain("resolver: systemd-resolved writes /etc/resolv.conf here, and takes no options");
    expect(await takesOurs()).toContain("nameserver 127.0.0.53\n");
  }, 180_000);
});
