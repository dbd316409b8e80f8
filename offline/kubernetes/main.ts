import { serveProvider } from "../provider/serve";
import { KubernetesProvider } from "./provider";

serveProvider(new KubernetesProvider());
