import { run } from "../run";

describe("plumbline calc weave", () => {
  test("prints the shares", async () => {
    const { code, stdout } = await run("calc", "weave", "--peers", "3");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "peer    first      last           addresses  for containers  of the range",
        "peer 1  10.32.0.0  10.39.255.255  524288     524287          50.0%",
        "peer 2  10.40.0.0  10.43.255.255  262144     262144          25.0%",
        "peer 3  10.44.0.0  10.47.255.255  262144     262143          25.0%",
        "",
      ].join("\n"),
    );
  });

  test("takes a range and names, and prints for machines", async () => {
    const { stdout } = await run("calc", "weave", "10.0.0.0/30", "::2", "::1", "--json");
    expect(JSON.parse(stdout)).toEqual({
      range: "10.0.0.0/30",
      shares: [
        { peer: "::1", first: "10.0.0.0", last: "10.0.0.1", addresses: 2, usable: 1, percent: 50 },
        { peer: "::2", first: "10.0.0.2", last: "10.0.0.3", addresses: 2, usable: 1, percent: 50 },
      ],
      without: [],
    });
  });

  test.each([
    [["10.32.0.0/12"], "Give either --peers NUMBER or the peers' names."],
    [["10.32.0.1/12", "a"], "10.32.0.1/12 has bits set after the prefix. Did you mean 10.32.0.0/12?"],
    [["--peers", "0"], "--peers 0 is no number between 1 and 10000."],
    [["10.32.0.0/31", "a"], "10.32.0.0/31 has fewer than the 4 addresses that weave wants. Write a /30 or larger."],
  ])("refuses %j", async (words, message) => {
    expect(await run("calc", "weave", ...words)).toEqual({ code: 2, stdout: "", stderr: `${message}\n` });
  });
});

describe("plumbline calc pods", () => {
  test("says how many nodes and pods fit", async () => {
    const { code, stdout } = await run("calc", "pods", "10.244.0.0/16", "--nodes", "200");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "10.244.0.0/16 cut into /24: 256 node ranges.",
        "Each has addresses for 253 pods (host-local keeps the network's own, the gateway's and the broadcast address); maxPods is 110.",
        "28160 pods in all.",
        "200 nodes use 78.1% of the node ranges; twice as many don't fit.",
        "",
      ].join("\n"),
    );
  });

  test("says when a kubelet starts more pods than there are addresses", async () => {
    const { stdout } = await run("calc", "pods", "10.244.0.0/16", "--mask", "26", "--json");
    expect(JSON.parse(stdout)).toEqual({
      range: "10.244.0.0/16",
      mask: 26,
      nodes: 1024,
      addressesPerNode: 61,
      maxPods: 110,
      podsPerNode: 61,
      pods: 62464,
    });
    expect((await run("calc", "pods", "10.244.0.0/16", "--mask", "26")).stdout).toContain(
      "maxPods is 110, so a kubelet starts pods that get no address.\n62464 pods in all.",
    );
  });

  test("says how many nodes are too many", async () => {
    expect((await run("calc", "pods", "10.244.0.0/23", "--nodes", "3")).stdout).toContain("3 nodes: 1 too many.");
  });

  test.each([
    [["10.244.0.0/31"], "10.244.0.0/31 is too small for pods. Write a range of /30 or larger."],
    [["10.244.0.0/16", "--mask", "8"], "--mask 8 is no number between 16 and 30."],
  ])("refuses %j", async (words, message) => {
    expect(await run("calc", "pods", ...words)).toEqual({ code: 2, stdout: "", stderr: `${message}\n` });
  });
});
