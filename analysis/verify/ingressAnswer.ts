import type { Outcome } from "../../components/node/dial";
import { failed, passed, type Verdict } from "./check";
import type { Entrance } from "./entrance";
import { explain, patience } from "./failure";

/** What curl prints after a body: connections made, status, and where it was sent. */
export const answerFormat = "\\n%{num_connects} %{http_code} %{redirect_url}";

/** What curl prints of a TLS handshake: the seconds until it was done, 0 when it wasn't. */
export const handshakeFormat = "\\n%{time_appconnect}";

/** What a server said. */
export interface Answer {
  readonly code: number;
  readonly body: string;
  /** Where the client is sent, if it is. */
  readonly redirect: string;
}

/** Judges what a server said, or says why there is nothing to judge. */
export function judgeAnswer(outcome: Outcome, { node }: Entrance, target: string, judge: (answer: Answer) => Verdict): Verdict {
  const [, body = "", connects = "0", code = "000", redirect = ""] = /^(.*)\n(\d+) (\d{3}) ?(\S*)$/s.exec(outcome.stdout) ?? [];
  if (code !== "000") return judge({ code: Number(code), body, redirect });
  if (connects !== "0") {
    return failed(
      `${target}: the ingress controller accepts, but nothing comes from the application within ${patience} s. Does the controller's node reach the application's pods?`,
    );
  }
  return failed(explain(outcome, target, { nodes: [node.name], refused: `no ingress controller listens on ${node.name}; see its pods` }));
}

/** Whatever came after the handshake, it was made; but not by the controller with a certificate of its own, which it shows where no route is. */
export function judgeHandshake(outcome: Outcome, { node }: Entrance, target: string): Verdict {
  const [seconds = "0"] = /[\d.]+$/.exec(outcome.stdout) ?? [];
  if (Number(seconds) === 0) return failed(explain(outcome, target, { nodes: [node.name] }));
  const [, subject = ""] = /subject: (.*)/.exec(outcome.stderr) ?? [];
  // Source: github.com/traefik/traefik, pkg/tls/generate.
  if (subject.includes("TRAEFIK DEFAULT CERT"))
    return failed(`${target}: Traefik answers with a certificate of its own: it knows no route of that name. Is the TLSRoute accepted?`);
  return passed(`${target}: ${subject || "handshake made"}`);
}

/** The application may say what it likes, but it has to be the one that answers. */
export function judgePage(target: string, { code, body }: Answer): Verdict {
  // What Traefik says of a request that no router takes.
  if (code === 404 && body === "404 page not found\n") {
    return failed(
      `${target}: the ingress controller knows no such host and path (404). Does the Ingress exist, and is its class the controller's?`,
    );
  }
  if ([502, 503, 504].includes(code)) {
    return failed(`${target}: the ingress controller gets no answer from the service behind (${code}). Are its pods ready?`);
  }
  const [line = ""] = body.split("\n");
  return passed(`${target}: ${code}${line && line.length <= 60 && !line.startsWith("<") ? `, ${line}` : ""}`);
}
