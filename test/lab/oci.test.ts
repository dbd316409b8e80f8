import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeImages } from "../../lab/oci";

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-oci-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

test("images with a common layer, under all their names, in one layout that holds together", async () => {
  for (const name of ["lower", "upper"]) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, "file"), name);
  }
  const [lower, upper] = [path.join(folder, "lower"), path.join(folder, "upper")];
  const archive = path.join(folder, "images.tar");
  await writeImages(
    [
      { names: ["lab.local/a:v1", "lab.local/b:v2"], layers: [lower], entrypoint: [] },
      { names: ["lab.local/c:v1"], layers: [lower, upper], entrypoint: ["/c"] },
    ],
    archive,
  );
  const layout = path.join(folder, "out");
  mkdirSync(layout);
  spawnSync("tar", ["-xf", archive, "-C", layout]);
  const json = (...name: string[]) => JSON.parse(readFileSync(path.join(layout, ...name), "utf8"));
  /** A blob by its descriptor, whose size and digest have to be right. */
  const blob = ({ digest, size }: Descriptor) => {
    const content = readFileSync(path.join(layout, "blobs", "sha256", digest.slice("sha256:".length)));
    expect(`sha256:${createHash("sha256").update(content).digest("hex")}`).toBe(digest);
    expect(content.length).toBe(size);
    return content;
  };
  expect(json("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  const images = (json("index.json").manifests as Descriptor[]).map((descriptor) => {
    const manifest = JSON.parse(blob(descriptor).toString()) as { config: Descriptor; layers: Descriptor[] };
    const config = JSON.parse(blob(manifest.config).toString()) as { config: { Entrypoint: string[] }; rootfs: { diff_ids: string[] } };
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map((layer) => layer.digest));
    const files = manifest.layers.map((layer) => spawnSync("tar", ["-xO", "./file"], { input: blob(layer), encoding: "utf8" }).stdout);
    return { name: descriptor.annotations?.["io.containerd.image.name"], files, entrypoint: config.config.Entrypoint };
  });
  expect(images).toEqual([
    { name: "lab.local/a:v1", files: ["lower"], entrypoint: [] },
    { name: "lab.local/b:v2", files: ["lower"], entrypoint: [] },
    { name: "lab.local/c:v1", files: ["lower", "upper"], entrypoint: ["/c"] },
  ]);
});
