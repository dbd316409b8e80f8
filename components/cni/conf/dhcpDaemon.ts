/** The daemon of the `dhcp` plugin: it gets the pods' leases and renews them. */
export interface DhcpDaemon {
  /** Where the runtime's plugins are. Default: /opt/cni/bin. */
  readonly pluginDir?: string;
  /** `daemonSocketPath` of the configurations. Default: /run/cni/dhcp.sock. */
  readonly socketPath?: string;
  /** Ask the server to answer by broadcast. Default: false. */
  readonly broadcast?: boolean;
  /** Seconds that a request may take. Default: 10. */
  readonly timeout?: number;
}

/** Its systemd unit; the daemon leaves its socket behind when it is killed, and can't start beside one. */
export function dhcpDaemonUnit({
  pluginDir = "/opt/cni/bin",
  socketPath = "/run/cni/dhcp.sock",
  broadcast = false,
  timeout,
}: DhcpDaemon = {}): string {
  const options = [`--socketpath ${socketPath}`, ...(broadcast ? ["--broadcast"] : []), ...(timeout ? [`--timeout ${timeout}s`] : [])];
  return [
    "[Unit]",
    "Description=DHCP leases of pods (CNI plugin dhcp)",
    "After=network.target",
    "",
    "[Service]",
    `ExecStartPre=/bin/rm -f ${socketPath}`,
    `ExecStart=${pluginDir}/dhcp daemon ${options.join(" ")}`,
    "Restart=on-failure",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}
