import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "../setup/run";

/** A container image: its layers are folders, the lowest first. */
export interface Image {
  /** The same image may go by several names. */
  readonly names: readonly string[];
  readonly layers: readonly string[];
  /** What runs unless the pod says otherwise. */
  readonly entrypoint: readonly string[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

const mediaType = (kind: string) => `application/vnd.oci.image.${kind}`;
const architecture = process.arch === "x64" ? "amd64" : process.arch;

/**
 * Writes images as one OCI image layout (opencontainers/image-spec, image-layout.md) in a tar file, as `ctr images import` reads it. The names
 * are annotations that containerd knows.
 */
export async function writeImages(images: readonly Image[], tarFile: string): Promise<void> {
  const layout = `${tarFile}.layout`;
  mkdirSync(path.join(layout, "blobs", "sha256"), { recursive: true });
  const layers = new Map<string, Descriptor>();
  for (const folder of new Set(images.flatMap((image) => image.layers))) layers.set(folder, await addLayer(layout, folder));
  const manifests = images.flatMap((image) => {
    const manifest = addManifest(
      layout,
      image,
      image.layers.flatMap((folder) => layers.get(folder) ?? []),
    );
    return image.names.map((name) => ({ ...manifest, annotations: { "io.containerd.image.name": name } }));
  });
  writeFileSync(path.join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(path.join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, mediaType: mediaType("index.v1+json"), manifests }));
  await run("tar", ["--create", "--file", tarFile, "--directory", layout, "oci-layout", "index.json", "blobs"]);
}

/** A layer is the folder as a tar file: the same bytes for the same content. */
async function addLayer(layout: string, folder: string): Promise<Descriptor> {
  const file = path.join(layout, "layer.tar");
  const owner = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  await run("tar", ["--create", "--file", file, ...owner, "--directory", folder, "."]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const hex = hash.digest("hex");
  const size = statSync(file).size;
  renameSync(file, path.join(layout, "blobs", "sha256", hex));
  return { mediaType: mediaType("layer.v1.tar"), digest: `sha256:${hex}`, size };
}

function addManifest(layout: string, image: Image, layers: readonly Descriptor[]): Descriptor {
  const config = addJson(layout, mediaType("config.v1+json"), {
    architecture,
    os: "linux",
    config: {
      Entrypoint: image.entrypoint,
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      WorkingDir: "/",
    },
    // Of uncompressed layers, so their digests are the blobs' own.
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
  });
  const type = mediaType("manifest.v1+json");
  return addJson(layout, type, { schemaVersion: 2, mediaType: type, config, layers });
}

function addJson(layout: string, type: string, value: unknown): Descriptor {
  const text = JSON.stringify(value);
  const hex = createHash("sha256").update(text).digest("hex");
  writeFileSync(path.join(layout, "blobs", "sha256", hex), text);
  return { mediaType: type, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
