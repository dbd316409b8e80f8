import { Address, AddressError } from "./cidr";

const mend = "Write its address, for example 10.0.0.53, 10.0.0.53:5353 or tls://9.9.9.9.";

/** A server that is asked for names: its address, its port where that isn't the protocol's own, and whether it is asked over TLS (RFC 7858). */
export class Resolver {
  private constructor(
    readonly address: Address,
    /** 53, or 853 over TLS, unless it is written. */
    readonly port: number,
    readonly tls: boolean,
  ) {}

  /** Reads `10.0.0.53`, `fd00::53`, `[fd00::53]:5353`, `tls://9.9.9.9:853`. @throws AddressError */
  static parse(text: string): Resolver {
    const [, scheme = "", rest = ""] = /^(?:([a-z0-9]+):\/\/)?(.*)$/s.exec(text) ?? [];
    const isPlainIPv6 = !rest.startsWith("[") && rest.split(":").length > 2;
    const [, host = "", port] = isPlainIPv6 ? ["", rest] : (/^\[?([^\]:]*|[^\]]*(?=\]))\]?(?::(\d+))?$/.exec(rest) ?? []);
    const tls = scheme === "tls";
    const number = port === undefined ? (tls ? 853 : 53) : Number(port);
    if (!["", "dns", "tls"].includes(scheme) || number < 1 || number > 65535)
      throw new AddressError(`${JSON.stringify(text)} is no resolver.`, mend);
    try {
      return new Resolver(Address.parse(host), number, tls);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      throw new AddressError(`${JSON.stringify(text)} is no resolver.`, mend);
    }
  }

  /** As CoreDNS's `forward` reads it. */
  toString(): string {
    const isOwnPort = this.port === (this.tls ? 853 : 53);
    const host = this.address.family === 6 && !isOwnPort ? `[${this.address}]` : String(this.address);
    return `${this.tls ? "tls://" : ""}${host}${isOwnPort ? "" : `:${this.port}`}`;
  }
}
