import { type AddressInfo, connect } from "node:net";
import { Server, type ServerConnectionListener, utils } from "ssh2";

/** An SSH server on loopback that shows its keys and, as a bastion, passes connections on; there are no shells. */
export interface SshServer {
  readonly port: number;
  /** Public keys as authorized_keys lines, by type. */
  readonly keys: Record<"ssh-ed25519" | "ssh-rsa", string>;
  /** How many logins there were. */
  readonly logins: () => number;
  stop(): Promise<void>;
}

export async function startSshServer(): Promise<SshServer> {
  const ed25519 = utils.generateKeyPairSync("ed25519");
  const rsa = utils.generateKeyPairSync("rsa", { bits: 2048 });
  let logins = 0;
  const accept: ServerConnectionListener = (client) => {
    client.on("error", () => undefined); // A client that only wants the key breaks off.
    client.on("authentication", (context) => (context.method === "publickey" ? context.accept() : context.reject(["publickey"])));
    client.on("ready", () => {
      logins++;
    });
    client.on("tcpip", (take, refuse, { destIP, destPort }) => {
      const socket = connect(destPort, destIP);
      socket.on("connect", () => {
        const channel = take();
        channel.pipe(socket).pipe(channel);
      });
      socket.on("error", () => refuse());
    });
  };
  const server = new Server({ hostKeys: [ed25519.private, rsa.private] }, accept);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const line = (key: string) => key.trim().split(" ").slice(0, 2).join(" ");
  return {
    port,
    keys: { "ssh-ed25519": line(ed25519.public), "ssh-rsa": line(rsa.public) },
    logins: () => logins,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
