import { serveProvider } from "../provider/serve";
import { commandProvider } from "./provider";

serveProvider(commandProvider);
