import { corefile } from "../../../components/dns/corefile";
import { diffCorefiles } from "../../../components/dns/corefile/diff";
import { settingsOf } from "../../../components/dns/settingsOf";
import { parseStack, requireStack } from "../../../core/stack/parse";
import { stackWith } from "../../support/stacks";
import { whole } from "../../support/wholeStack";

type Dns = NonNullable<Parameters<typeof stackWith>[0]["dns"]>;

test("kubeadm's own Corefile needs no settings", () => {
  expect(settingsOf(corefile(stackWith({})))).toEqual({});
});

/** A cluster of some years: a stub domain, a line of the user's own, a server block that does more than forward. */
const grown = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    rewrite name suffix .shop.example .shop.svc.cluster.local answer auto
    hosts {
        10.0.0.7 registry.example
        fallthrough
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    prometheus :9153
    # the security team asked for this
    acl {
        block type ANY
    }
    forward . 10.0.0.53 10.0.0.54 {
        policy sequential
        max_concurrent 1000
    }
    cache 30 {
        disable success cluster.local
        disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
corp.example:53 {
    errors
    cache 30
    forward . tls://10.8.0.53 {
        tls_servername dns.corp.example
    }
}
lab.example:53 {
    whoami
}
`;

test("what was written by hand becomes settings, or stays as it was written", () => {
  const settings = settingsOf(grown);
  expect(settings).toEqual({
    upstream: ["10.0.0.53", "10.0.0.54"],
    policy: "sequential",
    ttl: 5,
    hosts: [{ address: "10.0.0.7", names: ["registry.example"] }],
    rewrites: [{ match: "suffix", from: ".shop.example", to: ".shop.svc.cluster.local" }],
    extra: "# the security team asked for this\nacl {\n    block type ANY\n}\n",
    zones: [{ zone: "corp.example", forward: ["tls://10.8.0.53"], tlsServerName: "dns.corp.example", cache: 30 }],
    blocks: "lab.example:53 {\n    whoami\n}\n",
  });
  expect(diffCorefiles(grown, corefile(stackWith({ dns: settings as Dns })))).toEqual([]);
});

test("a stack's own Corefile gives settings that mean the same", () => {
  const stack = requireStack(parseStack(whole));
  const { domain, podCIDRs, serviceCIDRs } = whole.cluster;
  const text = corefile(stack);
  const again = requireStack(
    parseStack({ ...whole, cluster: { ...whole.cluster, domain, podCIDRs, serviceCIDRs }, dns: settingsOf(text) }),
  );
  expect(diffCorefiles(text, corefile(again))).toEqual([]);
});

test("a Corefile that is no cluster's says nothing", () => {
  expect(settingsOf(".:53 {\n    forward . 10.0.0.53\n}\n")).toEqual({});
});
