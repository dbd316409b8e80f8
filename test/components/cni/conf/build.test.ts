import { ConfError, conflist, confText, ipam, plugin } from "../../../../components/cni/conf/build";
import { asks, elsewhere, runs } from "./built";
import { lint } from "./examples/example";

test.each(Object.entries({ ...runs, ...asks, ...elsewhere }))("%s: nothing to say about what is built", (_, list) => {
  expect(lint(confText(list), { kind: "list" })).toEqual([]);
});

test("the text: keys in the usual order, the plugin's as they were given", () => {
  const list = conflist({
    name: "pods",
    cniVersion: "1.1.0",
    disableGC: true,
    plugins: [plugin.ptp({ mtu: 1400, ipam: ipam.hostLocal({ subnet: "10.1.0.0/24", routes: [{ dst: "0.0.0.0/0" }] }) })],
  });
  expect(confText(list)).toBe(`{
  "cniVersion": "1.1.0",
  "name": "pods",
  "disableGC": true,
  "plugins": [
    {
      "type": "ptp",
      "mtu": 1400,
      "ipam": {
        "type": "host-local",
        "subnet": "10.1.0.0/24",
        "routes": [
          {
            "dst": "0.0.0.0/0"
          }
        ]
      }
    }
  ]
}
`);
});

test("what can't work isn't built: all mistakes at once", () => {
  const build = () =>
    conflist({
      name: "my pods",
      plugins: [plugin.portmap({ markMasqBit: 32 }), plugin.bridge({ vlan: 4095, ipam: ipam.hostLocal({ subnet: "10.1.0.1/24" }) })],
    });
  expect(build).toThrow(ConfError);
  try {
    build();
  } catch (error) {
    expect((error as ConfError).findings.map(({ path }) => path.join("."))).toEqual([
      "name",
      "plugins.0.markMasqBit",
      "plugins.1.vlan",
      "plugins.1.ipam.subnet",
      "plugins.0",
    ]);
  }
});
